import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { readLimitedFile } from '../read-limited-file.ts';

/** True when a file that somebody names is a compose file: by its name, else by its services. */
export function isComposeFile(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (/^(docker-)?compose([.-].+)?\.ya?ml$/.test(basename(path))) return true;
  if (!/\.ya?ml$/.test(path) || /devfile\.ya?ml$/.test(path)) return false;
  const answer = readLimitedFile(path, 100_000);
  if (!('text' in answer)) return false;
  const { text } = answer;
  return /^services:/m.test(text) && !/^schemaVersion:/m.test(text);
}
