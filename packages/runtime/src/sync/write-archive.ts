import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { padding, writeHeader } from '../archive/tar-header.ts';

/** Where a file lies and what it is called in the archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly name: string;
}

/** To whom files belong where root unpacks them. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const chunkBytes = 1 << 20;

/**
 * An archive of files and links as they are read, in parts. What went meanwhile is left out: whoever watches is told of
 * that too. A file that shrinks while it is read is filled with zeros, for its change is still to come.
 */
export function* writeArchive(root: string, files: readonly ArchivedFile[], owner: Owner): Generator<Buffer> {
  for (const { path, name } of files) yield* writeFile(join(root, path), Buffer.from(name).toString('latin1'), owner);
  yield Buffer.alloc(1024);
}

function* writeFile(path: string, name: string, owner: Owner): Generator<Buffer> {
  const common = { ...owner, device: [0, 0], xattrs: new Map<string, string>() } as const;
  const link = readLink(path);
  if (link !== undefined) {
    yield writeHeader({ ...common, type: 'symlink', path: name, link, mode: 0o777, sizeBytes: 0, mtime: 0 });
    return;
  }
  const file = open(path);
  if (file === undefined) return;
  try {
    const stats = fstatSync(file);
    const { size, mode, mtimeMs } = stats;
    if (!stats.isFile()) return;
    const entry = { ...common, type: 'file', path: name, link: '', mode: mode & 0o777, sizeBytes: size } as const;
    yield writeHeader({ ...entry, mtime: mtimeMs / 1000 });
    for (let left = size; left > 0; ) {
      const part = Buffer.alloc(Math.min(left, chunkBytes));
      const length = readSync(file, part, 0, part.length, null);
      yield length === 0 ? part : part.subarray(0, length);
      left -= length === 0 ? part.length : length;
    }
    yield padding(size);
  } finally {
    closeSync(file);
  }
}

function readLink(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path, 'latin1') : undefined;
  } catch {
    return undefined;
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
