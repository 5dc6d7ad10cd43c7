import { dirname, resolve } from 'node:path';
import { renderDiagnostic } from '@devstead/devfile/render';
import type { Environment } from '@devstead/environment';
import { AppError, type Diagnostic, hasErrors } from '@devstead/kit';
import { findDevfile } from './find-devfile.ts';
import type { Io } from './io.ts';
import { recallReading } from './recall-reading.ts';

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
  /** Only what makes it unusable is printed. Default: everything found. */
  readonly printsErrorsOnly?: boolean;
}

/**
 * Reads the devfile of a folder (of its nearest parent that has one) and prints every diagnostic with its place.
 * Throws DEVFILE_NOT_FOUND, UNREADABLE_INPUT, DEVFILE_INVALID.
 */
export async function loadEnvironment(io: Io, options: LoadOptions): Promise<LoadedEnvironment> {
  const devfile = findDevfile(resolve(io.cwd, options.path));
  const { file, text, diagnostics, environment } = await recallReading(io, devfile, options.variables ?? {});
  const { hasColour, columns } = io.stderr;
  const shown =
    options.printsErrorsOnly === true ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
  for (const diagnostic of shown)
    io.stderr.write(`${renderDiagnostic(diagnostic, text, { color: hasColour, width: columns })}\n`);
  if (environment === undefined || hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    throw new AppError('DEVFILE_INVALID', `${file} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  }
  return { environment, folder: dirname(devfile), devfile, diagnostics };
}
