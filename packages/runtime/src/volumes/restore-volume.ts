import { createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { waitForClose } from '../process/run-process.ts';
import type { Runtime } from '../types.ts';
import { filterStream, type VolumeWork } from './filter-stream.ts';
import type { VolumeRoom } from './volume-room.ts';

/**
 * Fills a volume from a tar file. The file is not trusted: its entries pass the filter of archives, and are unpacked by
 * a program that has rights over files of containers only. Beside its place first: until it is whole the volume stays
 * as it was. Throws ARCHIVE_REFUSED, VOLUME_FAILED, UNREADABLE_INPUT.
 */
export async function restoreVolume(
  runtime: Runtime,
  { name, file }: { readonly name: string; readonly file: string },
  work: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const source = openArchive(file);
  try {
    return await runtime.withVolume(name, async (room) => {
      const { staging, freeBytes = Number.MAX_SAFE_INTEGER } = room;
      // An archive that swells as it is unpacked is stopped before the disk is full.
      const limits = { ...work.limits, maxBytes: Math.min(work.limits.maxBytes, freeBytes) };
      try {
        const counts = await unpack(room, source, { ...work, limits });
        work.signal.throwIfAborted();
        await runScript(room, room.replace);
        return counts;
      } catch (error) {
        await runScript(room, ['rm', '-rf', staging]).catch(() => undefined);
        throw error;
      }
    });
  } finally {
    source.destroy();
  }
}

async function unpack(
  room: VolumeRoom,
  source: Readable,
  work: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const { staging } = room;
  await runScript(room, ['sh', '-c', 'rm -rf "$1" && mkdir -p "$1"', 'sh', staging]);
  const words = ['--extract', '--file=-', '--numeric-owner', '--same-owner', '--preserve-permissions'];
  const child = room.run(['tar', ...words, `--directory=${staging}`], ['pipe', 'ignore', 'pipe']);
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (line: string) => said.push(line));
  const ended = waitForClose(child, 'tar');
  ended.catch(() => undefined);
  const { stdin } = child;
  if (stdin === null) throw new AppError('INTERNAL', 'tar has no input');
  // What ends before it has read all says why by its code.
  stdin.on('error', () => undefined);
  try {
    const counts = await filterStream(source as AsyncIterable<Buffer>, stdin, work).catch((error: unknown) => {
      if (stdin.errored === error && error !== null) return undefined;
      throw describeReadError(error);
    });
    stdin.end();
    const code = await ended;
    if (code === 0 && counts !== undefined) return counts;
    throw new AppError('VOLUME_FAILED', `the volume cannot be written (tar ended with ${code})`, {
      details: said.join('').trim().split('\n').slice(-10),
    });
  } finally {
    stdin.destroy();
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
  }
}

async function runScript(room: VolumeRoom, argv: readonly string[]): Promise<void> {
  const child = room.run(argv, ['ignore', 'ignore', 'pipe']);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await waitForClose(child, argv[0] ?? '');
  if (code !== 0)
    throw new AppError('VOLUME_FAILED', 'the volume could not be put in its place', { details: [said.trim()] });
}

/** What zlib says of data that is none is the archive's fault. */
function describeReadError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  return /^(Z_|ZSTD_|ERR_)/.test(code)
    ? new AppError('ARCHIVE_REFUSED', 'the archive is broken: it cannot be decompressed', { cause: error })
    : error;
}

/** The archive's bytes, decompressed by what the file begins with, whatever its name is. */
function openArchive(file: string): Readable {
  let first = Buffer.alloc(4);
  try {
    const fd = openSync(file, 'r');
    first = first.subarray(0, readSync(fd, first));
    const stream = createReadStream('', { fd, start: 0, highWaterMark: 1 << 18 });
    const unpacker = first.toString('hex').startsWith('1f8b')
      ? createGunzip()
      : first.toString('hex') === '28b52ffd'
        ? createZstdDecompress()
        : undefined;
    if (unpacker === undefined) return stream;
    stream.on('error', (error) => unpacker.destroy(error));
    // It may fail before anybody reads it; whoever does is told.
    unpacker.on('error', () => undefined);
    unpacker.once('close', () => stream.destroy());
    return stream.pipe(unpacker);
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${file}`, { cause: error });
  }
}

/** Whether a volume holds anything. */
export async function isVolumeEmpty(runtime: Runtime, name: string): Promise<boolean> {
  if (!(await runtime.observe()).volumes.includes(name)) return true;
  return runtime.withVolume(name, async (room) => {
    const child = room.run(['sh', '-c', '[ -z "$(ls -A data 2>/dev/null)" ]'], 'ignore');
    return (await waitForClose(child, 'ls')) === 0;
  });
}
