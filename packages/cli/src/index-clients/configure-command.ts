import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { AppError, exitCode } from '@devstead/kit';
import { Argument, type Command, Option } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readFolders } from '../settings.ts';
import { fetchToken } from './fetch-token.ts';
import { applyChange, type FileChange, planChange } from './files/apply-edits.ts';
import { planClient, scriptsAreUsed } from './plan-client.ts';
import { type AddressOptions, addAddressOptions, readAddress } from './read-address.ts';
import { type ClientName, clientNames, type IndexAddress, type Places, type Scope } from './types.ts';

interface ConfigureOptions extends AddressOptions {
  readonly global?: boolean;
  readonly user?: boolean;
  readonly project?: boolean;
  readonly login?: boolean;
  readonly dryRun?: boolean;
  readonly remove?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead index configure`: writes the settings of clients, and takes them back. */
export function defineConfigure(command: Command, io: Io, done: (exitCode: number) => void): void {
  addAddressOptions(
    command
      .description('Point a client to the index, or give a shell the functions devpi-env and so on.')
      .addArgument(new Argument('<client>', 'what is told').choices(clientNames)),
  )
    .addOption(new Option('--global', 'for everybody on this machine').conflicts(['user', 'project']))
    .addOption(new Option('--user', 'for the user (default)').conflicts(['global', 'project']))
    .addOption(new Option('--project', 'for the project in the present folder').conflicts(['global', 'user']))
    .option('--login', 'log in with DEVPI_PASSWORD, else with a password from standard input, and write the token')
    .option('--remove', 'take back what was written')
    .option('--dry-run', 'print what would be written and change nothing')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWhat is in a file stays: own lines stand between marks, lines that must not count become comments, and --remove\n' +
        'restores the file. A password is never written; without --login no token is either.\n' +
        '\nExamples:\n  devstead index configure pip\n  devstead index configure uv --project --dry-run\n' +
        '  devstead index configure fish --url https://index.example.com\n' +
        '  DEVPI_PASSWORD=... devstead index configure twine --login\n  devstead index configure pip --remove\n',
    )
    .action(async (client: ClientName, options: ConfigureOptions) => {
      done(await configure(io, client, options));
    });
}

async function configure(io: Io, client: ClientName, options: ConfigureOptions): Promise<number> {
  const scope: Scope = options.global === true ? 'global' : options.project === true ? 'project' : 'user';
  const isRemoval = options.remove === true;
  const address = await readFullAddress(io, scope, options);
  const places = findPlaces(io);
  const { edits, notes } = planClient(client, address, scope, places);
  const kept = isRemoval && scriptsAreUsed(client, scope, places);
  const changes = edits.filter(({ isOwn }) => isOwn !== true || !kept).map((edit) => planChange(edit, isRemoval));
  if (options.dryRun !== true) for (const change of changes) applyChange(change, isRemoval);
  const files = changes.map(({ path, change, aside, text }) => ({
    path,
    change,
    ...(aside === undefined ? {} : { aside }),
    ...(options.dryRun === true && text !== undefined && change !== 'unchanged'
      ? { text: hideToken(text, address) }
      : {}),
  }));
  const result = {
    schemaVersion: 'index-configure/v1',
    client,
    scope,
    isDryRun: options.dryRun === true,
    files,
    notes: isRemoval ? [] : notes,
  };
  writeResult(io, options.output, result, () => render(result));
  return exitCode.done;
}

async function readFullAddress(io: Io, scope: Scope, options: ConfigureOptions): Promise<IndexAddress> {
  const address = readAddress(io, options);
  if (options.login !== true || options.remove === true) return address;
  if (scope !== 'user') throw new AppError('USAGE', 'a token is for the user’s own files: --login goes with --user');
  // Nothing is asked of the index for a look at what would be written.
  if (options.dryRun === true) return { ...address, token: hidden };
  const password = io.env['DEVPI_PASSWORD'] ?? (await readPassword(io));
  return { ...address, token: await fetchToken(address, password, io.signal) };
}

const hidden = '********';

function hideToken(text: string, { token }: IndexAddress): string {
  return token === undefined ? text : text.replaceAll(token, hidden);
}

async function readPassword(io: Io): Promise<string> {
  if (io.stdin.isTerminal) {
    throw new AppError('USAGE', 'there is no password', {
      hint: 'Set DEVPI_PASSWORD, or write it to standard input: devstead index configure twine --login < password-file',
    });
  }
  return (await readAll(process.stdin)).replace(/\r?\n$/, '');
}

function findPlaces(io: Io): Places {
  const { home } = readFolders(io);
  const configured = io.env['XDG_CONFIG_HOME'];
  const zsh = io.env['ZDOTDIR'];
  const active = io.env['VIRTUAL_ENV'];
  const own = join(io.cwd, '.venv');
  const environment = active !== undefined && active !== '' ? active : existsSync(own) ? own : undefined;
  return {
    home,
    configuration: configured?.startsWith('/') === true ? configured : join(home, '.config'),
    root: '/',
    project: io.cwd,
    ...(zsh === undefined || zsh === '' ? {} : { zsh }),
    ...(environment === undefined ? {} : { virtualEnvironment: environment }),
  };
}

interface Result {
  readonly isDryRun: boolean;
  readonly files: readonly (Pick<FileChange, 'path' | 'change' | 'aside'> & { readonly text?: string })[];
  readonly notes: readonly string[];
}

function render({ isDryRun, files, notes }: Result): string {
  const width = Math.max(...files.map(({ change }) => change.length));
  const lines = files.flatMap(({ path, change, aside, text }) => [
    `${change.padEnd(width)}  ${path}${aside === undefined ? '' : ` (what was there: ${aside})`}`,
    ...(text === undefined
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`.trimEnd())),
  ]);
  const heading = isDryRun ? ['nothing is changed; this would be:'] : [];
  return [...heading, ...lines, ...notes].map((line) => `${line}\n`).join('');
}
