import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last bytes of a file, at most as many as are asked for; ENOENT when it is not there. */
export function readEnd(path: string, mostBytes: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, mostBytes));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, size - buffer.length));
  } finally {
    closeSync(file);
  }
}
