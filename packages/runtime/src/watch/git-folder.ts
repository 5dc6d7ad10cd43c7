import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** The Git repository that a folder lies in (gitrepository-layout(5)). */
export interface GitFolder {
  /** Its work tree. */
  readonly top: string;
  /** Where this work tree's HEAD and index are: `.git`, or the place a linked worktree's `.git` file names. */
  readonly folder: string;
}

/** Finds the repository of a folder; undefined outside of one. */
export function findGitFolder(start: string): GitFolder | undefined {
  for (let top = start; ; top = dirname(top)) {
    const place = join(top, '.git');
    const folder = readGitPlace(place);
    if (folder !== undefined && existsSync(join(folder, 'HEAD'))) return { top, folder };
    if (dirname(top) === top) return undefined;
  }
}

function readGitPlace(place: string): string | undefined {
  try {
    if (statSync(place).isDirectory()) return place;
    const target = /^gitdir: (.+)$/m.exec(readFileSync(place, 'utf8'))?.[1]?.trim();
    return target === undefined ? undefined : resolve(dirname(place), target);
  } catch {
    return undefined;
  }
}

/** The branch checked out, or the first digits of the commit; undefined when it cannot be read. */
export function readBranch({ folder }: GitFolder): string | undefined {
  try {
    const text = readFileSync(join(folder, 'HEAD'), 'utf8').trim();
    return (
      /^ref: refs\/heads\/(.+)$/.exec(text)?.[1] ?? (/^[0-9a-f]{40,64}$/.test(text) ? text.slice(0, 12) : undefined)
    );
  } catch {
    return undefined;
  }
}

/** Milliseconds since Git took the index to change it and the work tree; undefined while it does not. */
export function readLockAge({ folder }: GitFolder, now: number): number | undefined {
  try {
    return Math.max(0, now - statSync(join(folder, 'index.lock')).mtimeMs);
  } catch {
    return undefined;
  }
}

/** The folders from the work tree's top down to a folder in it, that one left out. */
export function foldersAbove(top: string, folder: string): string[] {
  const names = relative(top, folder)
    .split(sep)
    .filter((name) => name !== '');
  return names.map((_, index) => join(top, ...names.slice(0, index)));
}
