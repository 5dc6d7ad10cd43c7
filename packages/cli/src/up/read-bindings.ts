import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';

/**
 * The folders that stand for projects, after `--bind NAME=FOLDER` and `--bind NAME=` (fetch it again) changed those of
 * before. Throws USAGE, UNREADABLE_INPUT.
 */
export function readBindings(
  io: Io,
  { projects }: Environment,
  before: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): Readonly<Record<string, string>> {
  const bindings = new Map(Object.entries(before));
  for (const word of words) {
    const at = word.indexOf('=');
    const [name, path] = [word.slice(0, at), word.slice(at + 1)];
    if (at < 1) throw new AppError('USAGE', `--bind takes NAME=FOLDER, not ${word}`);
    if (!projects.some((project) => project.name === name)) {
      const names = projects.map((project) => project.name).join(', ') || 'none';
      throw new AppError('USAGE', `the devfile has no project ${name}`, { hint: `Its projects: ${names}.` });
    }
    if (path === '') bindings.delete(name);
    else bindings.set(name, readFolder(io, path));
  }
  return Object.fromEntries(bindings);
}

function readFolder(io: Io, path: string): string {
  const folder = resolve(io.cwd, path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError('UNREADABLE_INPUT', `there is no folder ${folder}`);
  return realpathSync(folder);
}
