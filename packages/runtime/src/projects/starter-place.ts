import { listFolder } from '../state/list-folder.ts';

/** Sources that are whole and not yet all in their place. */
export const arrivedSources = '.devstead-starter';

/** What a new repository may have before it has sources: a devfile, settings, and words about it. */
const beforeSources = /^(\.|devfile\.ya?ml$|readme|licen[cs]e)/i;

/** `filled`: it has sources. `begun`: a starter's are about to be moved in. */
type StarterPlace = 'empty' | 'begun' | 'filled';

/** Whether a folder still waits for its first sources. */
export function findStarterPlace(folder: string): StarterPlace {
  const names = listFolder(folder);
  if (names.includes(arrivedSources)) return 'begun';
  return names.every((name) => beforeSources.test(name)) ? 'empty' : 'filled';
}
