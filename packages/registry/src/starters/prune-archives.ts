import { lutimes, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What archives that are kept may come to. */
export interface ArchiveLimits {
  readonly bytes: number;
  readonly files: number;
}

/** Nobody works on one archive for as long as this. */
const abandonedMs = 60 * 60_000;

/**
 * Removes archives until the rest is within limits, those that were used longest ago first, and what makers that were killed
 * left. The archive named stays. A file that somebody else removes meanwhile is no failure.
 */
export async function pruneArchives(
  folder: string,
  { kept, limits, now }: { readonly kept: string; readonly limits: ArchiveLimits; readonly now: number },
): Promise<void> {
  const found = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const info = await stat(join(folder, name)).catch(() => undefined);
      return info === undefined ? [] : [{ name, info }];
    }),
  );
  const entries = found.flat();
  const left = entries.filter(({ name, info }) => name.startsWith('.starter-') && now - info.mtimeMs > abandonedMs);
  const archives = entries
    .filter(({ name, info }) => name.endsWith('.zip') && info.isFile())
    .toSorted((a, b) => b.info.atimeMs - a.info.atimeMs);
  let [bytes, files] = [0, 0];
  const surplus = archives.filter(({ name, info }) => {
    bytes += info.size;
    files += 1;
    return (bytes > limits.bytes || files > limits.files) && join(folder, name) !== kept;
  });
  await Promise.all([...left, ...surplus].map(({ name }) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Notes that an archive is used now. Its time of change stays: by that it is known how new it is. */
export async function markUsed(path: string, now: number): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (info !== undefined) await lutimes(path, new Date(now), info.mtime).catch(() => undefined);
}
