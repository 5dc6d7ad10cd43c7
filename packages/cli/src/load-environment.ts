import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { devfileNames, readDevfile, renderDiagnostic } from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile } from '@devstead/environment';
import { AppError, type Diagnostic, hasErrors } from '@devstead/kit';
import type { Io } from './io.ts';

/** A devfile that was read without errors, and the environment it describes. */
export interface LoadedEnvironment {
  readonly environment: Environment;
  /** Real path of the folder it stands for. */
  readonly folder: string;
  /** Real path of the devfile. */
  readonly devfile: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadOptions {
  /** A folder, or a devfile. */
  readonly path: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Reads the devfile of a folder (of its nearest parent that has one) and prints every diagnostic with its place.
 * Throws DEVFILE_NOT_FOUND, UNREADABLE_INPUT, DEVFILE_INVALID.
 */
export async function loadEnvironment(io: Io, options: LoadOptions): Promise<LoadedEnvironment> {
  const devfile = findDevfile(resolve(io.cwd, options.path));
  const folder = dirname(devfile);
  const text = readText(devfile);
  const file = relative(io.cwd, devfile).startsWith('..') ? devfile : relative(io.cwd, devfile) || basename(devfile);
  const read = await readDevfile(text, { file, ...(options.variables === undefined ? {} : { variables: options.variables }) });
  const reading =
    read.devfile === undefined
      ? undefined
      : readEnvironmentFromDevfile(read.devfile, { originsOf: read.originsOf, file, fallbackName: basename(folder) });
  const diagnostics = [...read.diagnostics, ...(reading?.diagnostics ?? [])];
  for (const diagnostic of diagnostics) io.stderr.write(`${renderDiagnostic(diagnostic, text, { color: io.stderr.hasColour, width: io.stderr.columns })}\n`);
  if (reading === undefined || hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    throw new AppError('DEVFILE_INVALID', `${file} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  }
  return { environment: reading.environment, folder, devfile, diagnostics };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path}`, { cause: error });
  }
}

/** The devfile meant by a path: itself, or the first of the known names in the folder or the nearest one above. */
function findDevfile(path: string): string {
  if (!existsSync(path)) throw new AppError('UNREADABLE_INPUT', `${path} does not exist`);
  const real = realpathSync(path);
  if (statSync(real).isFile()) return real;
  for (let folder = real; ; folder = dirname(folder)) {
    const found = devfileNames.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) throw new AppError('DEVFILE_NOT_FOUND', `there is no devfile in ${real}, nor in a folder above it`);
  }
}
