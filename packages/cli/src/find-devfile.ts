import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { devfileNames } from '@devstead/devfile/names';
import { composeFileNames } from '@devstead/environment/compose-names';
import { AppError } from '@devstead/kit';
import { isComposeFile } from './compose/find-compose-file.ts';
import { findDevcontainer } from './find-devcontainer.ts';
import type { Io } from './io.ts';
import { readLimitedFile } from './read-limited-file.ts';
import { readSettings } from './settings.ts';

/** The name of a file as it is shown: relative to the folder the command was called in, where it lies below it. */
export function shortenPath(io: Io, path: string): string {
  const below = relative(io.cwd, path);
  return below === '' || below.startsWith('..') ? path : below;
}

/** A devfile as it lies on this machine. */
export interface DevfileText {
  /** Relative to the folder the command was called in, where it lies below it. */
  readonly file: string;
  /** Where there is more than is allowed, one byte of that too. */
  readonly text: string;
  /** What it may have. */
  readonly maxBytes: number;
}

/** A devfile's text and its name as it is shown. Throws UNREADABLE_INPUT. */
export function readDevfileText(io: Io, path: string): DevfileText {
  const file = shortenPath(io, path);
  let maxBytes = limits.bytes;
  let answer = readLimitedFile(path, maxBytes);
  // The configuration is read only when it matters: it can only allow more.
  if ('text' in answer && Buffer.byteLength(answer.text) > maxBytes) {
    ({ maxBytes } = readSettings(io, dirname(path)).devfiles);
    answer = readLimitedFile(path, maxBytes);
  }
  if ('text' in answer) return { file, text: answer.text, maxBytes };
  throw new AppError('UNREADABLE_INPUT', `cannot read ${path}: ${answer.reason}`);
}

/** The file that describes an environment, and its format. */
export interface EnvironmentFile {
  readonly format: 'devfile' | 'compose';
  /** Real path. */
  readonly path: string;
}

/**
 * The real path of the devfile meant by a path: itself, or the first of the known names in the folder or the nearest one
 * above. Throws UNREADABLE_INPUT, DEVFILE_NOT_FOUND.
 */
export function findDevfile(path: string): string {
  const found = findEnvironmentFile(path);
  if (found.format === 'devfile') return found.path;
  throw new AppError('DEVFILE_NOT_FOUND', `there is no devfile in ${dirname(found.path)}, only a compose file`);
}

/**
 * The file that describes the environment meant by a path: itself, or in the folder or the nearest one above the first
 * with the name of a devfile, else of a compose file. Throws UNREADABLE_INPUT, DEVFILE_NOT_FOUND.
 */
export function findEnvironmentFile(path: string): EnvironmentFile {
  if (!existsSync(path)) throw new AppError('UNREADABLE_INPUT', `${path} does not exist`);
  const real = realpathSync(path);
  const kind = statSync(real);
  if (kind.isFile()) return { format: isComposeFile(real) ? 'compose' : 'devfile', path: real };
  if (!kind.isDirectory()) throw new AppError('UNREADABLE_INPUT', `${path} is neither a file nor a folder`);
  const find = (folder: string, names: readonly string[]): string | undefined =>
    names.map((name) => join(folder, name)).find((file) => existsSync(file));
  for (let folder = real; ; folder = dirname(folder)) {
    const devfile = find(folder, devfileNames);
    if (devfile !== undefined) return { format: 'devfile', path: devfile };
    const compose = find(folder, composeFileNames);
    if (compose !== undefined) return { format: 'compose', path: compose };
    if (dirname(folder) === folder)
      throw new AppError(
        'DEVFILE_NOT_FOUND',
        `there is no devfile or compose file in ${real}, nor in a folder above it`,
        findDevcontainer(real) === undefined
          ? {}
          : { hint: 'There is a devcontainer.json: `devstead convert --to devfile --write .` makes a devfile of it.' },
      );
  }
}
