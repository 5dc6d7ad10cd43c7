import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { devfileNames } from '@devstead/devfile/names';
import { composeFileNames } from '@devstead/environment/compose-names';
import { AppError } from '@devstead/kit';
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

/**
 * The real path of the devfile meant by a path: itself, or the first of the known names in the folder or the nearest one
 * above. Throws UNREADABLE_INPUT, DEVFILE_NOT_FOUND.
 */
export function findDevfile(path: string): string {
  if (!existsSync(path)) throw new AppError('UNREADABLE_INPUT', `${path} does not exist`);
  const real = realpathSync(path);
  const kind = statSync(real);
  if (kind.isFile()) return real;
  if (!kind.isDirectory()) throw new AppError('UNREADABLE_INPUT', `${path} is neither a file nor a folder`);
  for (let folder = real; ; folder = dirname(folder)) {
    const found = devfileNames.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined) return found;
    if (dirname(folder) === folder)
      throw new AppError('DEVFILE_NOT_FOUND', `there is no devfile in ${real}, nor in a folder above it`, hintAt(real));
  }
}

/** True when a folder, or one above it, has a devfile. */
export function hasDevfileAbove(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (devfileNames.some((name) => existsSync(join(at, name)))) return true;
    if (dirname(at) === at) return false;
  }
}

/** A compose file is not run yet; whoever has one is told so. */
function hintAt(folder: string): { readonly hint?: string } {
  const compose = composeFileNames.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (compose === undefined) return {};
  return {
    hint: `${basename(compose)} is there, but this version does not run compose projects yet; it reads them: \`devstead compose config\`, \`devstead check\`.`,
  };
}
