import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import { isOwned, nameOwner } from '../owned-name.ts';

/** What has arrived of the layers that a pull did not finish with, so that the next one goes on from there. */
export interface BlobCache {
  /** A file that this process alone writes, with what earlier pulls got of the layer. */
  claim(digest: string): string;
  /** Gives a claimed file back for a later pull to go on with. */
  release(file: string): void;
  /** Removes a claimed file. */
  remove(file: string): void;
  /** Files nobody works with that were not touched for so long. */
  listOlderThan(ageMs: number, now: number): { readonly file: string; readonly sizeBytes: number }[];
}

/** Parts that nobody came back for are of no use to anybody. */
export const partKeptMs = 7 * 24 * 60 * 60 * 1000;

/** Opens the folder of unfinished downloads in the cache folder. */
export function openBlobCache(cacheFolder: string): BlobCache {
  const folder = join(cacheFolder, 'blobs');
  makeFolder(folder, 0o700);
  const free = (digest: string): string => join(folder, digest.replace('sha256:', ''));
  const isFree = (name: string): boolean => /^[0-9a-f]{64}$/.test(name) || !isOwned(name);
  return {
    claim: (digest) => {
      const own = `${free(digest)}.${nameOwner()}`;
      const hex = digest.replace('sha256:', '');
      // That of a process that was killed serves as well.
      const found = readdirSync(folder).filter((name) => name.startsWith(hex) && isFree(name));
      const largest = found.map((name) => join(folder, name)).sort((a, b) => sizeOf(b) - sizeOf(a))[0];
      if (largest !== undefined && largest !== own) attempt(() => renameSync(largest, own));
      return own;
    },
    release: (file) => {
      if (existsSync(file)) attempt(() => renameSync(file, file.replace(/\.[^./]*$/, '')));
    },
    remove: (file) => rmSync(file, { force: true }),
    listOlderThan: (ageMs, now) =>
      readdirSync(folder)
        .filter(isFree)
        .map((name) => join(folder, name))
        .flatMap((file) => {
          const info = statSync(file, { throwIfNoEntry: false });
          return info === undefined || now - info.mtimeMs < ageMs ? [] : [{ file, sizeBytes: info.size }];
        }),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Another process may have been quicker; then this one begins at nothing. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Nothing is lost but time.
  }
}
