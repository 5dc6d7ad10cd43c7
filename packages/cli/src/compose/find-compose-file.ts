import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { composeFileNames } from '@devstead/environment/compose-names';

/** The compose file of a folder, or of the nearest one above; undefined when there is none. */
export function findComposeFile(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = composeFileNames.map((name) => join(at, name)).find((file) => existsSync(file));
    if (found !== undefined || dirname(at) === at) return found;
  }
}

/** True when a file that somebody names is a compose file: by its name, else by its services. */
export function isComposeFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (/^(docker-)?compose([.-].+)?\.ya?ml$/.test(basename(path))) return true;
  if (!/\.ya?ml$/.test(path) || /devfile\.ya?ml$/.test(path)) return false;
  const text = readFileSync(path, 'utf8').slice(0, 100_000);
  return /^services:/m.test(text) && !/^schemaVersion:/m.test(text);
}
