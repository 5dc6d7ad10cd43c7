import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OpenedFile } from '../../source.ts';

/** A content in memory as a file. */
export function openBytes(filename: string, bytes: Buffer, modifiedMs: number): OpenedFile {
  return {
    filename,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    modifiedMs,
    stream: (range) => Readable.from([range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)]),
  };
}
