import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderDiagnostic } from '@devstead/devfile/render';
import type { Environment } from '@devstead/environment';
import { AppError, type Diagnostic, hasErrors } from '@devstead/kit';
import { isComposeFile } from './compose/find-compose-file.ts';
import { findEnvironmentFile } from './find-devfile.ts';
import { findMissingDockerfiles } from './find-missing-dockerfiles.ts';
import type { Io } from './io.ts';
import type { JudgedDevfile } from './judge-devfile.ts';
import type { Reading } from './reading-options.ts';
import { recallDevfile } from './recall/recall-devfile.ts';

/** A devfile or compose project that was read without errors, and the environment it describes. */
export interface LoadedEnvironment {
  readonly environment: Environment;
  /** Real path of the folder it stands for. */
  readonly folder: string;
  /** Real path of the devfile, or of the first compose file. */
  readonly devfile: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadOptions {
  /** A folder, a devfile or a compose file. */
  readonly path: string;
  readonly reading?: Reading;
  /** Only what makes it unusable is printed. Default: everything found. */
  readonly printsErrorsOnly?: boolean;
}

/**
 * Reads the devfile or compose project of a folder (of its nearest parent that has one) and prints every diagnostic
 * with its place. Throws DEVFILE_NOT_FOUND, UNREADABLE_INPUT, DEVFILE_INVALID, DEVFILE_INCOMPLETE.
 */
export async function loadEnvironment(io: Io, options: LoadOptions): Promise<LoadedEnvironment> {
  const { format, path: devfile } = findEnvironmentFile(resolve(io.cwd, options.path));
  if (format === 'compose') {
    const [{ loadProject }, { requestAt }] = await Promise.all([
      import('./compose/load-project.ts'),
      import('./compose/project-options.ts'),
    ]);
    const isNamed = isComposeFile(resolve(io.cwd, options.path));
    return loadProject(io, requestAt(io, isNamed ? { file: devfile } : { folder: dirname(devfile) }), options);
  }
  const judged = await recallDevfile(io, devfile, options.reading ?? { variables: {}, isOffline: false });
  const { file, environment } = judged;
  const missing = environment === undefined ? [] : findMissingDockerfiles(environment, dirname(devfile));
  const diagnostics = [...judged.diagnostics, ...missing];
  const { hasColour, columns } = io.stderr;
  const shown =
    options.printsErrorsOnly === true ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
  for (const diagnostic of shown) {
    const source = findText(judged, diagnostic.file);
    io.stderr.write(`${renderDiagnostic(diagnostic, source, { color: hasColour, width: columns })}\n`);
  }
  if (!judged.isComplete && !hasErrors(diagnostics)) {
    throw new AppError('DEVFILE_INCOMPLETE', `${file} builds on something that was not looked at`);
  }
  if (environment === undefined || hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    throw new AppError('DEVFILE_INVALID', `${file} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  }
  return { environment, folder: dirname(devfile), devfile, diagnostics };
}

/** The text of the file that a diagnostic of a devfile is about. */
export function findText({ file, text, imports }: JudgedDevfile, named: string | undefined): string | undefined {
  return named === file ? text : imports.find((one) => one.file === named)?.text;
}

/** A devfile, then the files of this machine that it builds on as far as it can be read. No server is asked. */
export async function listDevfiles(io: Io, devfile: string, reading: Reading): Promise<readonly string[]> {
  try {
    const { imports } = await recallDevfile(io, devfile, { ...reading, isOffline: true });
    const local = imports.flatMap(({ location }) => (location?.startsWith('file:') === true ? [location] : []));
    return [devfile, ...local.map((location) => fileURLToPath(location))];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [devfile];
  }
}
