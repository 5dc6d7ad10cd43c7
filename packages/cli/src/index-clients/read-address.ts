import { AppError } from '@devstead/kit';
import { type Command, InvalidArgumentError } from 'commander';
import { indexNamePattern, indexUrlPattern, indexUserPattern } from '../config/config-keys.ts';
import type { Io } from '../io.ts';
import { readConfiguration } from '../settings.ts';
import type { IndexAddress } from './types.ts';

/** Where the index of this machine listens unless it is told otherwise. */
const defaultIndexUrl = 'http://127.0.0.1:3141';

export interface AddressOptions {
  readonly url?: string;
  readonly index?: string;
  readonly username?: string;
}

/** Options that say which index is meant. */
export function addAddressOptions(command: Command): Command {
  return command
    .option('--url <address>', `address of the index server; default: index.url, else ${defaultIndexUrl}`, (text) =>
      require(text.replace(/\/+$/, ''), indexUrlPattern, 'an http or https address without a user and a query'),
    )
    .option('--index <name>', 'the index, USER/INDEX; default: index.name', (text) =>
      require(text.includes('/') ? text : `root/${text}`, indexNamePattern, 'a user and an index, such as root/stable'),
    )
    .option('--username <name>', 'the user that uploads; default: index.username', (text) =>
      require(text, indexUserPattern, 'a name'),
    );
}

function require(text: string, pattern: RegExp, what: string): string {
  if (pattern.test(text)) return text;
  throw new InvalidArgumentError(`It must be ${what}.`);
}

/** The index that is meant: by options, else by the configuration. Throws CONFIG_INVALID, USAGE. */
export function readAddress(io: Io, options: AddressOptions): IndexAddress {
  const { entries, diagnostics } = readConfiguration(io);
  const problem = diagnostics.find(({ severity, path }) => severity === 'error' && path?.startsWith('index.') === true);
  if (problem !== undefined) throw new AppError('CONFIG_INVALID', problem.message);
  const get = (path: string): string | undefined =>
    entries.find(({ key }) => key.path === path)?.value as string | undefined;
  const url = options.url ?? get('index.url') ?? defaultIndexUrl;
  const ca = entries.find(({ key }) => key.path === 'ca.bundle');
  // The machine's own bundle is what clients trust anyway.
  const isConfigured = ca?.source.kind !== 'machine' && ca?.source.kind !== 'default';
  const caBundle = url.startsWith('https:') && isConfigured ? (ca?.value as string | undefined) : undefined;
  if (caBundle !== undefined && /[\u0000-\u001f]/.test(caBundle)) {
    throw new AppError('USAGE', 'the path of the CA bundle has control characters');
  }
  return {
    url,
    index: options.index ?? get('index.name') ?? 'root/stable',
    username: options.username ?? get('index.username') ?? 'root',
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}
