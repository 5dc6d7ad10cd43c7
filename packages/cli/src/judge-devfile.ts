import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { devfileNames, type Profile, readDevfile } from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile } from '@devstead/environment';
import { AppError, type Diagnostic } from '@devstead/kit';
import type { Io } from './io.ts';

/** A devfile's text with everything found in it. */
export interface JudgedDevfile {
  /** Name as it is shown: relative to the folder the command was called in, where it lies below it. */
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when it has errors that leave nothing to describe. */
  readonly environment?: Environment;
}

interface JudgeOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly profile?: Profile;
}

/** Reads a devfile and the environment it describes. Throws UNREADABLE_INPUT. */
export async function judgeDevfile(io: Io, path: string, options: JudgeOptions = {}): Promise<JudgedDevfile> {
  const text = readText(path);
  const file = relative(io.cwd, path).startsWith('..') ? path : relative(io.cwd, path) || basename(path);
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file, ...options });
  if (devfile === undefined) return { file, text, diagnostics };
  const reading = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName: basename(dirname(path)) });
  return { file, text, diagnostics: [...diagnostics, ...reading.diagnostics], environment: reading.environment };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path}`, { cause: error });
  }
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
      throw new AppError('DEVFILE_NOT_FOUND', `there is no devfile in ${real}, nor in a folder above it`);
  }
}
