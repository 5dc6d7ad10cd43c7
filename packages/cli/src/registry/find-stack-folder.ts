import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';

/** The path of a folder of stacks as it was typed. Throws UNREADABLE_INPUT where there is no folder. */
export function findStackFolder({ cwd }: Io, folder: string): string {
  const path = resolve(cwd, folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError('UNREADABLE_INPUT', `${path} is no folder`);
  return path;
}
