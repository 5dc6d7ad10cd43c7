import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ContentTooLarge } from './content-too-large.ts';
import type { FileStore, PendingContent, StoredContent, SweepResult, WriteOptions } from './file-store.ts';

/** Contents as files: `<folder>/ab/abcdef…`, and those on their way in under `<folder>/incoming`. */
export async function openDiskFileStore(folder: string): Promise<FileStore> {
  const incoming = join(folder, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);

  async function write(content: Parameters<FileStore['write']>[0], options: WriteOptions): Promise<PendingContent> {
    const path = join(incoming, randomUUID());
    const digests = new Digests(options.algorithms ?? []);
    const meter = new Meter(digests, options.limitBytes);
    try {
      const target = createWriteStream(path, { mode: 0o600, flush: true, flags: 'wx' });
      target.once('open', () => options.onStart?.({ path, readableBytes: () => target.bytesWritten }));
      await pipeline(content, meter, target, options.signal === undefined ? {} : { signal: options.signal });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const hashes = digests.finish();
    const sha256 = hashes['sha256'] ?? '';
    let isDone = false;
    return {
      path,
      sha256,
      sizeBytes: meter.bytes,
      hashes,
      async keep() {
        if (isDone) return;
        isDone = true;
        await place(path, pathOf(sha256), join(folder, sha256.slice(0, 2)));
      },
      async drop() {
        if (isDone) return;
        isDone = true;
        await rm(path, { force: true });
      },
    };
  }

  async function find(sha256: string): Promise<(StoredContent & { readonly modifiedMs: number }) | undefined> {
    try {
      const { size, mtimeMs } = await stat(pathOf(sha256));
      return { sha256, sizeBytes: size, modifiedMs: Math.floor(mtimeMs) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async function sweep(isUsed: (sha256: string) => boolean): Promise<SweepResult> {
    let removedFiles = 0;
    let removedBytes = 0;
    for (const entry of await readdir(folder)) {
      const isIncoming = entry === 'incoming';
      if (!isIncoming && !/^[0-9a-f]{2}$/.test(entry)) continue;
      for (const name of await readdir(join(folder, entry))) {
        if (!isIncoming && isUsed(name)) continue;
        const path = join(folder, entry, name);
        removedBytes += (await stat(path)).size;
        removedFiles += 1;
        await rm(path, { force: true });
      }
    }
    return { removedFiles, removedBytes };
  }

  return {
    write,
    find,
    sweep,
    pathOf,
    read: (sha256, range) => createReadStream(pathOf(sha256), range),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
}

/** Moves a file whose bytes are on the disk to its place, and makes the move itself last. */
async function place(from: string, to: string, folder: string): Promise<void> {
  const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  await rename(from, to);
  await Promise.all([syncFolder(folder), isNew ? syncFolder(dirname(folder)) : undefined]);
}

/** Waits until the names in a folder are on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

class Digests {
  readonly #hashes: readonly (readonly [name: string, hash: Hash])[];

  constructor(algorithms: readonly string[]) {
    this.#hashes = ['sha256', ...algorithms].map((name) => [name, createHash(name)]);
  }

  update(chunk: Uint8Array): void {
    for (const [, hash] of this.#hashes) hash.update(chunk);
  }

  finish(): Record<string, string> {
    return Object.fromEntries(this.#hashes.map(([name, hash]) => [name, hash.digest('hex')]));
  }
}

class Meter extends Transform {
  bytes = 0;
  readonly #digests: Digests;
  readonly #limit: number;

  constructor(digests: Digests, limit: number) {
    super();
    this.#digests = digests;
    this.#limit = limit;
  }

  override _transform(
    chunk: Uint8Array,
    _encoding: string,
    done: (error: Error | null, chunk?: Uint8Array) => void,
  ): void {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.#limit) {
      done(new ContentTooLarge(this.#limit));
      return;
    }
    this.#digests.update(chunk);
    done(null, chunk);
  }
}
