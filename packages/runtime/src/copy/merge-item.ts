import { AppError } from '@devstead/kit';
import type { OpenFolder } from '../archive/open-folder.ts';

/**
 * Moves a finished file or folder to its place. What is there is replaced if it is a file, and added to if it is a
 * folder; a link that is there is never followed. Throws COPY_FAILED when somewhere one is a file and the other a folder,
 * before anything is moved.
 */
export function mergeItem(from: OpenFolder, item: string, to: OpenFolder, name: string): void {
  walk(from, item, to, name, name, false);
  walk(from, item, to, name, name, true);
}

function walk(from: OpenFolder, item: string, to: OpenFolder, name: string, shown: string, moves: boolean): void {
  const there = to.look(name);
  const isFolder = from.look(item)?.isDirectory() === true;
  if (there === undefined || (!isFolder && !there.isDirectory())) {
    if (moves) to.take(from, item, name);
    return;
  }
  if (!isFolder || !there.isDirectory()) {
    const what = there.isSymbolicLink() ? 'a link' : there.isDirectory() ? 'a folder' : 'a file';
    throw new AppError('COPY_FAILED', `${shown} is ${what} here and ${isFolder ? 'a folder' : 'a file'} there`, {
      hint: 'Remove it, or name another target.',
    });
  }
  const inner = from.openFolder(item);
  try {
    const target = to.openFolder(name);
    try {
      for (const entry of inner.list()) walk(inner, entry, target, entry, `${shown}/${entry}`, moves);
    } finally {
      target.close();
    }
  } finally {
    inner.close();
  }
}
