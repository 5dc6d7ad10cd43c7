import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { AppError } from '@devstead/kit';

interface NewFile {
  /** Relative to the folder, without `..`. */
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** Paths of files that were written, and of those that had the same text already. */
export interface WrittenFiles {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * Writes files below a folder, which is made when it is not there. Nothing is written when one of them is there with another
 * text and `force` does not say that it may be replaced. Throws USAGE for that, and for a place that a link leads out of the
 * folder; UNREADABLE_INPUT when something cannot be written.
 */
export function writeNewFiles(folder: string, files: readonly NewFile[], force: boolean): WrittenFiles {
  const unchanged: string[] = [];
  const others: string[] = [];
  for (const { path, text } of files) {
    const found = compareFile(join(folder, path), text);
    if (found === 'same') unchanged.push(path);
    else if (found === 'other') others.push(path);
  }
  if (others.length > 0 && !force) {
    throw new AppError('USAGE', `${others.join(', ')} in ${folder} would be overwritten`, {
      hint: 'Pass `--force` to replace what is there, or choose another folder.',
    });
  }
  const written = files.filter(({ path }) => !unchanged.includes(path));
  try {
    mkdirSync(folder, { recursive: true });
    for (const { path, text } of written) writeWhole(folder, path, text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('UNREADABLE_INPUT', `cannot write to ${folder}`, { cause: error });
  }
  return { written: written.map(({ path }) => path), unchanged };
}

/** A link, what is no file and what cannot be read are something else. */
function compareFile(path: string, text: string | Uint8Array): 'absent' | 'same' | 'other' {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined) return 'absent';
  const wanted = Buffer.from(text);
  if (!info.isFile() || info.size !== wanted.length) return 'other';
  try {
    return readFileSync(path).equals(wanted) ? 'same' : 'other';
  } catch {
    return 'other';
  }
}

function writeWhole(folder: string, path: string, text: string | Uint8Array): void {
  const target = resolve(folder, path);
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  const way = relative(realpathSync(folder), realpathSync(parent));
  if (way.startsWith('..') || way.startsWith('/')) {
    throw new AppError('USAGE', `${path} lies outside ${folder}: a folder on the way is a link`);
  }
  const temporary = join(parent, `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
