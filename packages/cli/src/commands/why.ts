import { type Environment, findValues, listPaths, renderWhy } from '@devstead/environment';
import { AppError, exitCode, findNearNames } from '@devstead/kit';
import { findWorkspace, type WorkspaceRecord } from '@devstead/runtime';
import type { Command } from 'commander';
import { explainEnvironment } from '../explain-environment.ts';
import { type Io, writeResult } from '../io.ts';
import { type LoadedEnvironment, loadEnvironment } from '../load-environment.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readPipSettings } from '../pip-settings.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { readConfiguration, readFolders, readSettings } from '../settings.ts';

interface WhyOptions extends ReadingOptions {
  readonly list?: boolean;
  readonly environment?: boolean;
  readonly name?: string;
  readonly output: 'text' | 'json';
}

/** `devstead why`: each value of the environment leads back to where it was written. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[field]', 'a path such as python-dev.env.FLASK_APP, or a bare name such as memoryLimit')
    .option('--list', 'print every path there is')
    .option('--environment', 'print the whole environment as JSON, with the origins of every value')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe devfile, or where there is none the compose project, is read as it is now, whether or not it runs.\n' +
        '\nExamples:\n  devstead why python-dev.image\n  devstead why SSL_CERT_FILE\n  devstead why --list\n  devstead why --environment > environment.json\n',
    )
    .action(async (field: string | undefined, options: WhyOptions) => {
      const asked = [field !== undefined, options.list === true, options.environment === true].filter(Boolean);
      if (asked.length !== 1) throw new AppError('USAGE', 'why takes one of: a field, --list, --environment');
      if (options.environment === true) {
        writeResult(io, 'json', (await readEnvironment(io, options)).environment, () => '');
        done(exitCode.done);
        return;
      }
      const environment = await readExplained(io, options);
      if (field === undefined) {
        const paths = listPaths(environment);
        const list = { schemaVersion: 'why-list/v1', paths };
        writeResult(io, options.output, list, () => paths.map((path) => `${path}\n`).join(''));
      } else {
        const answers = findValues(environment, field);
        if (answers.length === 0) throw unknownValue(environment, field);
        const result = { schemaVersion: 'why/v1', query: field, answers };
        writeResult(io, options.output, result, () => renderWhy(answers));
      }
      done(exitCode.done);
    });
}

/** The environment of the workspace named, else of the folder, as its devfile is now. */
async function readEnvironment(io: Io, options: WhyOptions): Promise<LoadedEnvironment & { named?: WorkspaceRecord }> {
  const { name } = options;
  const reading = readReadingOptions(io, options);
  if (name === undefined) return loadEnvironment(io, { path: io.cwd, reading });
  const { record } = findWorkspace(readFolders(io).state, { name, folder: io.cwd });
  return { ...(await loadEnvironment(io, { path: record.devfile, reading })), named: record };
}

async function readExplained(io: Io, options: WhyOptions): Promise<Environment> {
  const { environment, folder, named } = await readEnvironment(io, options);
  return explainEnvironment({
    environment,
    settings: readSettings(io, folder),
    entries: readConfiguration(io, folder).entries,
    pip: readPipSettings(io, readFolders(io).home),
    record: named ?? tryFindRecord(io, folder),
  });
}

/** The workspace of the devfile's folder; that there is none, or several, is no fault here. */
function tryFindRecord(io: Io, folder: string): WorkspaceRecord | undefined {
  try {
    const { record } = findWorkspace(readFolders(io).state, { folder });
    return record.folder === folder ? record : undefined;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'WORKSPACE_NOT_FOUND' || error.code === 'USAGE')) return undefined;
    throw error;
  }
}

function unknownValue(environment: Environment, field: string): AppError {
  const paths = listPaths(environment);
  // People ask for `memoryLimit`, as devfiles have it; units stand at the end of the model's own names.
  const names = new Set(
    paths.flatMap((path) => path.split('.')).flatMap((name) => [name.replace(/(?:Bytes|Millis)$/, ''), name]),
  );
  const near = [
    ...new Set([...findNearNames(field, paths), ...findNearNames(field.split('.').at(-1) ?? '', [...names])]),
  ].slice(0, 3);
  const hint = near.length === 0 ? '`devstead why --list` prints every path.' : `Did you mean ${near.join(', ')}?`;
  return new AppError('UNKNOWN_VALUE', `the environment has no value ${JSON.stringify(field)}`, { hint });
}
