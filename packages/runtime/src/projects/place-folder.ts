import { closeSync, constants, mkdirSync, openSync, renameSync } from 'node:fs';
import { AppError } from '@devstead/kit';

const openFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Moves a folder to its place below a root in which programs of a workspace may write at the same time. The way down is
 * walked folder by folder and no link is followed, so that what they put there cannot lead the move elsewhere; an empty
 * folder at its place is replaced. Throws PROJECT_FAILED when the way is barred.
 */
export function placeFolder(source: string, root: string, path: string): void {
  const words = path.split('/');
  const name = words.pop() ?? '';
  const folder = walkDown(root, words, path);
  try {
    renameSync(source, below(folder, name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTDIR' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    throw new AppError('PROJECT_FAILED', `${path} cannot be put in its place: something else is there`, {
      cause: error,
    });
  } finally {
    closeSync(folder);
  }
}

/** Makes a folder and those above it below such a root, in the same way. Throws PROJECT_FAILED. */
export function makeFolderBelow(root: string, path: string): void {
  closeSync(walkDown(root, path.split('/'), path));
}

function walkDown(root: string, words: readonly string[], path: string): number {
  let folder = openSync(root, openFlags);
  for (const word of words) {
    try {
      const next = openBelow(folder, word, path);
      closeSync(folder);
      folder = next;
    } catch (error) {
      closeSync(folder);
      throw error;
    }
  }
  return folder;
}

/** A path below an open folder (proc(5), /proc/PID/fd): the folder meant cannot be swapped for another one. */
function below(folder: number, name: string): string {
  return `/proc/self/fd/${folder}/${name}`;
}

function openBelow(folder: number, name: string, path: string): number {
  try {
    mkdirSync(below(folder, name), { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  try {
    return openSync(below(folder, name), openFlags);
  } catch (error) {
    throw new AppError('PROJECT_FAILED', `${path} cannot be put in its place: ${name} is no folder`, { cause: error });
  }
}
