import { existsSync, readdirSync } from 'node:fs';

/** The names in a folder, sorted; none where it is not there. */
export function listFolder(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}
