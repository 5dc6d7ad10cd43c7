import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@devstead/kit';

/**
 * Makes a folder and those above it. Node's own recursive form never returns where a file system refuses new folders
 * with ENOENT, as /proc does. Throws MACHINE_LACKS.
 */
export function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    throw new AppError('MACHINE_LACKS', `the folder ${path} cannot be made (${code})`, {
      cause: error,
      hint: 'Set DEVSTEAD_HOME to a folder that can be written.',
    });
  }
}
