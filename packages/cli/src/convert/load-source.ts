import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { convertDevfile1, isDevfile1 } from '@devstead/devfile';
import { devfileNames } from '@devstead/devfile/names';
import { readEnvironmentFromDevfile, readEnvironmentFromDevfile1 } from '@devstead/environment';
import { composeFileNames } from '@devstead/environment/compose-names';
import { readEnvironmentFromDevcontainer } from '@devstead/environment/devcontainer';
import type { ExportSource } from '@devstead/environment/export';
import { AppError, type Diagnostic, hasErrors } from '@devstead/kit';
import { isComposeFile } from '../compose/find-compose-file.ts';
import { judgeCompose } from '../compose/judge-compose.ts';
import { machineFiles } from '../compose/machine-files.ts';
import { requestAt } from '../compose/project-options.ts';
import { showDiagnostics } from '../compose/show-diagnostics.ts';
import { findDevcontainer } from '../find-devcontainer.ts';
import { type DevfileText, findEnvironmentFile, readDevfileText, shortenPath } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { readFlattened } from '../judge-devfile.ts';
import { isSound, readDevfile1At } from '../read-devfile1.ts';
import { readLimitedFile } from '../read-limited-file.ts';
import type { Reading } from '../reading-options.ts';

/** What is converted, and what was said of it when it was read. */
export interface LoadedSource {
  readonly source: ExportSource;
  /** Warnings and information; errors are printed, and end the command. */
  readonly diagnostics: readonly Diagnostic[];
  /** The same where a devfile is written, which is a devfile's own matter: what runs here is then beside the point. */
  readonly ofDevfile?: readonly Diagnostic[];
}

/**
 * Reads the devfile, compose project or devcontainer.json that a path means. Throws UNREADABLE_INPUT, DEVFILE_NOT_FOUND, DEVFILE_INVALID,
 * DEVFILE_INCOMPLETE, COMPOSE_INVALID and
 * DEVCONTAINER_INVALID.
 */
export async function loadSource(io: Io, path: string, reading: Reading): Promise<LoadedSource> {
  const devcontainer = findDevcontainer(resolve(io.cwd, path));
  if (devcontainer !== undefined && !hasOther(resolve(io.cwd, path))) return loadDevcontainer(io, devcontainer);
  const { format, path: file } = findEnvironmentFile(resolve(io.cwd, path));
  if (format === 'compose') return loadCompose(io, path, file);
  const devfileText = readDevfileText(io, file);
  const is1 = await isDevfile1(devfileText.text);
  return is1 ? loadDevfile1(io, file, devfileText, reading) : loadDevfile(io, file, reading);
}

/** What the model leaves out of a devfile is in the devfile, which exporters have too: they say what becomes of it. */
const ownToModel = new Set(['environment.component-ignored', 'environment.attribute-ignored']);

async function loadDevfile(io: Io, path: string, reading: Reading): Promise<LoadedSource> {
  const { file, devfile, diagnostics, originsOf, isComplete } = await readFlattened(io, path, reading);
  if (devfile === undefined || hasErrors(diagnostics)) refuse(io, diagnostics, 'DEVFILE_INVALID', file);
  if (!isComplete) refuse(io, diagnostics, 'DEVFILE_INCOMPLETE', file);
  const folder = dirname(path);
  const fallbackName = folder.slice(folder.lastIndexOf('/') + 1);
  const model = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName });
  const all = [...diagnostics, ...model.diagnostics.filter(({ code }) => !ownToModel.has(code))];
  if (hasErrors(all)) refuse(io, all, 'DEVFILE_INVALID', file);
  return { source: { environment: model.environment, folder, devfile, originsOf }, diagnostics: all };
}

/** A devfile 1.0.0: its model, and beside it the devfile in the words of 2.x. */
async function loadDevfile1(io: Io, path: string, text: DevfileText, reading: Reading): Promise<LoadedSource> {
  const { file } = text;
  const read = await readDevfile1At(io, path, text, reading);
  const { diagnostics } = read;
  if (!isSound(read)) refuse(io, diagnostics, 'DEVFILE_INVALID', file);
  if (!read.isComplete) refuse(io, diagnostics, 'DEVFILE_INCOMPLETE', file);
  const folder = dirname(path);
  const model = readEnvironmentFromDevfile1(read, { file, fallbackName: basename(folder) });
  const { devfile, originsOf, losses } = convertDevfile1({ ...read, file });
  return {
    source: { environment: model.environment, folder, devfile, originsOf },
    diagnostics: [...diagnostics, ...model.diagnostics],
    ofDevfile: [...diagnostics, ...losses.map(({ diagnostic }) => diagnostic)],
  };
}

/** A folder's devfile or compose file counts before its devcontainer.json. */
function hasOther(path: string): boolean {
  if (statSync(path).isFile()) return false;
  return [...devfileNames, ...composeFileNames].some((name) => existsSync(join(path, name)));
}

function loadDevcontainer(io: Io, path: string): LoadedSource {
  const answer = readLimitedFile(path);
  if (!('text' in answer)) throw new AppError('UNREADABLE_INPUT', `cannot read ${path}: ${answer.reason}`);
  const { HOME: home } = io.env;
  const { environment, folder, diagnostics } = readEnvironmentFromDevcontainer(
    {
      text: answer.text,
      path,
      environment: io.env,
      nameFile: (file) => shortenPath(io, file),
      ...(home === undefined ? {} : { home }),
    },
    machineFiles,
  );
  if (environment === undefined || hasErrors(diagnostics)) {
    refuse(io, diagnostics, 'DEVCONTAINER_INVALID', shortenPath(io, path));
  }
  return { source: { environment, folder }, diagnostics };
}

function loadCompose(io: Io, path: string, file: string): LoadedSource {
  const isNamed = isComposeFile(resolve(io.cwd, path));
  const judged = judgeCompose(io, requestAt(io, isNamed ? { file } : { folder: dirname(file) }));
  const { environment, place, diagnostics } = judged;
  if (environment === undefined || place === undefined) refuse(io, diagnostics, 'COMPOSE_INVALID', judged.file);
  return { source: { environment, folder: place.folder, composeFiles: place.files }, diagnostics };
}

function refuse(
  io: Io,
  diagnostics: readonly Diagnostic[],
  code: 'DEVFILE_INVALID' | 'DEVFILE_INCOMPLETE' | 'COMPOSE_INVALID' | 'DEVCONTAINER_INVALID',
  file: string,
): never {
  io.stderr.write(showDiagnostics(io, diagnostics, io.stderr));
  const count = diagnostics.filter(({ severity }) => severity === 'error').length;
  const message =
    code === 'DEVFILE_INCOMPLETE'
      ? `${file} builds on something that was not looked at`
      : `${file} has ${count} ${count === 1 ? 'error' : 'errors'}`;
  throw new AppError(code, message);
}
