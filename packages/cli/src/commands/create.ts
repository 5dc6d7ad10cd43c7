import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import { openWorkspace, toWorkspaceName } from '@devstead/runtime';
import type { Command } from 'commander';
import { fetchText } from '../fetch/fetch-text.ts';
import { type Io, writeResult } from '../io.ts';
import { type LoadedEnvironment, loadEnvironment } from '../load-environment.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';

interface CreateOptions {
  readonly devfile?: string;
  readonly allowPrivate?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead create`, odo's: a name for this folder's workspace, and its devfile checked; nothing is started. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[name]', 'the workspace’s name; default: the devfile’s')
    .option('--devfile <file|url>', 'a devfile to use; it is copied here unless it is here')
    .option('--allow-private', 'also fetch from addresses of private networks')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead check`, and keeps the name for `devstead push`, `watch`, `describe` and the others\n' +
        'in this folder. Nothing is started.\n\nExamples:\n  devstead create\n  devstead create shop --devfile ../templates/devfile.yaml\n',
    )
    .action(async (name: string | undefined, options: CreateOptions) => {
      tellMeaning(io, 'create', 'devstead check, and a name for this folder’s workspace');
      if (options.devfile !== undefined) await copyDevfile(io, options.devfile, options.allowPrivate === true);
      else requireDevfile(io, name);
      const loaded = await loadEnvironment(io, { path: '.' });
      const workspace = record(io, loaded, name ?? loaded.environment.name);
      const result = { schemaVersion: 'create/v1', ...workspace, devfile: loaded.devfile };
      writeResult(io, options.output, result, () => `${workspace.id} is ready to start: devstead push\n`);
      done(exitCode.done);
    });
}

/** In odo a single word may be a type of its registry; without a devfile that is what is meant. */
function requireDevfile(io: Io, name: string | undefined): void {
  if (name === undefined || ['devfile.yaml', '.devfile.yaml'].some((file) => existsSync(join(io.cwd, file)))) return;
  throw new AppError(
    'DEVFILE_NOT_FOUND',
    `there is no devfile in ${io.cwd}, and no registry to take the type ${name} from`,
    {
      hint: 'Name a devfile: devstead create --devfile FILE|URL.',
    },
  );
}

async function copyDevfile(io: Io, place: string, allowsPrivate: boolean): Promise<void> {
  const target = join(io.cwd, 'devfile.yaml');
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(place);
  if (!isAddress && resolve(io.cwd, place) === target) return;
  const text = isAddress ? await fetchDevfile(io, place, allowsPrivate) : readFile(resolve(io.cwd, place));
  if (existsSync(target) && readFileSync(target, 'utf8') !== text) {
    throw new AppError('USAGE', 'there is another devfile.yaml here already', {
      hint: 'Move it away, or leave --devfile out.',
    });
  }
  writeFileSync(target, text);
}

async function fetchDevfile(io: Io, address: string, allowsPrivate: boolean): Promise<string> {
  const { text, location } = await fetchText(address, { signal: io.signal, allowsPrivate, proxyEnv: io.env });
  const { makeAbsoluteUris } = await import('@devstead/devfile');
  return makeAbsoluteUris(text, location);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path}`, { cause: error });
  }
}

function record(
  io: Io,
  { folder, devfile }: LoadedEnvironment,
  name: string,
): { id: string; name: string; folder: string } {
  const identity = { name: toWorkspaceName(name), folder, devfile };
  const { id } = openWorkspace(readSettings(io, folder).stateFolder, identity, io.clock.now());
  return { id, name: identity.name, folder };
}
