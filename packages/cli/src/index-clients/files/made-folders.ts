import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';

const note = '# folders made for this file: ';
const mostFolders = 20;

/** How many of the folders above a file are not there, and are made with it. */
export function countMissingFolders(path: string): number {
  const folder = dirname(path);
  return folder === path || existsSync(folder) ? 0 : 1 + countMissingFolders(folder);
}

/** A text that tells, below the first line that `isMark` says yes to, how many folders were made for the file. */
export function noteMadeFolders(text: string, count: number, isMark: (line: string) => boolean): string {
  if (count === 0) return text;
  const lines = text.split('\n');
  return lines.toSpliced(lines.findIndex(isMark) + 1, 0, `${note}${count}`).join('\n');
}

/** What `noteMadeFolders` wrote. */
export function readMadeFolders(text: string): number {
  const line = text.split('\n').find((each) => each.startsWith(note));
  const count = Number(line?.slice(note.length));
  return Number.isInteger(count) && count > 0 ? Math.min(count, mostFolders) : 0;
}

/** Removes so many folders above a file that is gone, from the inside, up to the first that holds something. */
export function removeMadeFolders(path: string, count: number): void {
  let folder = dirname(path);
  for (let left = count; left > 0 && existsSync(folder) && readdirSync(folder).length === 0; left -= 1) {
    rmdirSync(folder);
    folder = dirname(folder);
  }
}
