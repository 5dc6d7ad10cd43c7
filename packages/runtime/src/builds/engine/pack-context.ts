import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '@devstead/kit';
import { padding, type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import type { BuildContext } from '../context/read-context.ts';

/** A file that is not of the context. */
export interface AddedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

interface PackOptions {
  /** Seconds since 1970; every file gets this time. */
  readonly epoch: number;
  /** Files that are added, or take the place of one of the context. */
  readonly added?: readonly AddedFile[];
}

/** A context as the archive that engines take, all files root's. Its failure is UNREADABLE_INPUT. */
export function packContext(context: Pick<BuildContext, 'folder' | 'entries'>, options: PackOptions): Readable {
  return Readable.from(writeEntries(context, options), { objectMode: false });
}

async function* writeEntries(
  { folder, entries }: Pick<BuildContext, 'folder' | 'entries'>,
  { epoch, added = [] }: PackOptions,
): AsyncGenerator<Buffer> {
  const replaced = new Set(added.map(({ path }) => path));
  for (const { path, type, mode, sizeBytes, target = '' } of entries) {
    if (replaced.has(path)) continue;
    const tarType = type === 'link' ? 'symlink' : type;
    yield writeHeader(describe(path, tarType, { mode, sizeBytes, epoch, link: target }));
    if (type === 'file') yield* readExactly(join(folder, path), path, sizeBytes);
  }
  for (const { path, content, mode } of added) {
    const body = Buffer.from(content);
    yield Buffer.concat([
      writeHeader(describe(path, 'file', { mode, sizeBytes: body.length, epoch, link: '' })),
      body,
      padding(body.length),
    ]);
  }
  yield Buffer.alloc(1024);
}

/** A file that is written to meanwhile would spoil the archive. */
async function* readExactly(file: string, path: string, sizeBytes: number): AsyncGenerator<Buffer> {
  let left = sizeBytes;
  try {
    if (sizeBytes > 0)
      for await (const piece of createReadStream(file, { end: sizeBytes - 1, highWaterMark: 1 << 18 })) {
        left -= (piece as Buffer).length;
        yield piece as Buffer;
      }
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path} of the context`, {
      cause: error,
      hint: 'Make it readable, or leave it out by a .dockerignore.',
    });
  }
  if (left > 0) throw new AppError('UNREADABLE_INPUT', `${path} of the context became shorter while it was read`);
  yield padding(sizeBytes);
}

function describe(
  path: string,
  type: TarEntry['type'],
  { mode, sizeBytes, epoch, link }: { mode: number; sizeBytes: number; epoch: number; link: string },
): TarEntry {
  // Names are bytes there.
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  const name = type === 'folder' ? `${path}/` : path;
  const of = { path: bytes(name), link: bytes(link), sizeBytes: type === 'file' ? sizeBytes : 0 };
  return { ...of, type, mode, uid: 0, gid: 0, mtime: epoch, device: [0, 0], xattrs: new Map() };
}
