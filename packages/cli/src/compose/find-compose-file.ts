import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** True when a file that somebody names is a compose file: by its name, else by its services. */
export function isComposeFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (/^(docker-)?compose([.-].+)?\.ya?ml$/.test(basename(path))) return true;
  if (!/\.ya?ml$/.test(path) || /devfile\.ya?ml$/.test(path)) return false;
  const text = readFileSync(path, 'utf8').slice(0, 100_000);
  return /^services:/m.test(text) && !/^schemaVersion:/m.test(text);
}
