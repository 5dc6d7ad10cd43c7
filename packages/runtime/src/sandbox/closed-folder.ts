import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IdMap, IdRange } from '../ids/id-map.ts';

/**
 * The first folder on the way to these that the sandbox's own root may not pass, for a normal user. It passes folders
 * whose owner and group are both in its map, whatever their mode, and others that everybody passes.
 */
export function findClosedFolder(paths: readonly string[], idMap: IdMap): string | undefined {
  if (idMap.mode === 'root') return undefined;
  return paths.flatMap(listParents).find((folder) => {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined || (found.mode & 0o001) !== 0) return false;
    return !(isMapped(idMap.uids, found.uid) && isMapped(idMap.gids, found.gid));
  });
}

/** A folder and those it lies in, from the top. */
function listParents(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...listParents(parent), path];
}

function isMapped(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ outside, count }) => id >= outside && id < outside + count);
}
