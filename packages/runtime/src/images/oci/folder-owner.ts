import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder as an image's layers together show it: the highest layer that has it. Undefined when there is none, or where
 * it cannot be told without following links, which could lead out of the layers.
 */
export function findFolder(path: string, layerFolders: readonly string[]): Stats | undefined {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) return undefined;
  for (const layer of [...layerFolders].reverse()) {
    let place = layer;
    let found: Stats | undefined;
    for (const name of names) {
      place = join(place, name);
      found = lstatSync(place, { throwIfNoEntry: false });
      if (found === undefined) break;
      // A link, a file, or the mark that hides what is below.
      if (!found.isDirectory()) return undefined;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}
