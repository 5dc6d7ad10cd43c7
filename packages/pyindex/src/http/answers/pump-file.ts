import { close, open, read } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';

/** What is read and written at once. Large pieces cost fewer calls, and memory for each transfer under way. */
const largeBytes = 512 * 1024;
/** The pieces of those who come while so many transfers have large ones: thousands that stand still must not cost all memory. */
const smallBytes = 32 * 1024;
const mostLarge = 16;
const mostSpare = 8;
const spare: Buffer[] = [];
let largeInUse = 0;

/** A client that takes nothing for so long is taken to be gone. */
const standstillMs = 120_000;

const openFile = promisify(open);
const closeFile = promisify(close);

/**
 * Writes a part of a file, `start` to `end` both included, as the rest of an answer whose head was written. A piece of
 * memory is used again as soon as the kernel has it: streams take a new one for each piece, which costs more than the
 * reading. Breaks the connection off when the file cannot be read.
 */
export async function pumpFile(path: string, start: number, end: number, response: ServerResponse): Promise<void> {
  const isLarge = largeInUse < mostLarge;
  const buffer = isLarge ? (spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes)) : Buffer.allocUnsafeSlow(smallBytes);
  if (isLarge) largeInUse += 1;
  let isIdle = true;
  response.setTimeout(standstillMs);
  try {
    const file = await openFile(path, 'r');
    try {
      for (let place = start; place <= end; ) {
        const length = await readPiece(file, buffer, Math.min(buffer.length, end - place + 1), place);
        if (length === 0) throw new Error(`${path} is shorter than it was`);
        place += length;
        isIdle = false;
        if (!(await writePiece(response, buffer.subarray(0, length)))) return;
        isIdle = true;
      }
      response.end();
    } finally {
      await closeFile(file);
    }
  } catch (error) {
    response.destroy(error as Error);
  } finally {
    if (isLarge) largeInUse -= 1;
    // The kernel may still read what was not written to its end.
    if (isLarge && isIdle && spare.length < mostSpare) spare.push(buffer);
  }
}

/**
 * Reads `length` bytes from `start` on: of a short file this costs less than any stream, which takes a whole piece of
 * memory for it. Throws when the file cannot be read or is shorter than that.
 */
export async function readPart(path: string, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const file = await openFile(path, 'r');
  try {
    for (let place = 0; place < length; ) {
      const count = await readPiece(file, bytes.subarray(place), length - place, start + place);
      if (count === 0) throw new Error(`${path} is shorter than it was`);
      place += count;
    }
    return bytes;
  } finally {
    await closeFile(file);
  }
}

function readPiece(file: number, buffer: Buffer, length: number, place: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, 0, length, place, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
  });
}

/** False: the client has gone. */
function writePiece(response: ServerResponse, piece: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = (): void => resolve(false);
    if (response.destroyed) {
      resolve(false);
      return;
    }
    response.once('close', onClose);
    response.write(piece, (error) => {
      response.off('close', onClose);
      resolve(error === null || error === undefined);
    });
  });
}
