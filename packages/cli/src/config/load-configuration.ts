import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '@devstead/kit';
import type { Io } from '../io.ts';
import type { ConfigCode } from './config-codes.ts';
import { type ConfigKey, type ConfigValue, configKeys } from './config-keys.ts';
import { type ConfigFile, readConfigFile } from './read-config-file.ts';

/** Where a value was set, from the weakest to the strongest; `machine` is what the machine itself is set up with. */
export type ConfigSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'machine'; readonly detail: string }
  | { readonly kind: 'user' | 'repository'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'variable'; readonly variable: string };

/** One key with the value that counts. */
export interface ConfigEntry {
  readonly key: ConfigKey;
  /** Absent: nothing is set, and there is no default. */
  readonly value?: ConfigValue;
  readonly source: ConfigSource;
}

export interface Configuration {
  /** One for each key, in the order of the table. */
  readonly entries: readonly ConfigEntry[];
  readonly diagnostics: readonly Diagnostic[];
  /** The files that were looked for, and whether they are there. */
  readonly files: readonly {
    readonly path: string;
    readonly kind: 'user' | 'repository';
    readonly isPresent: boolean;
  }[];
}

/** The name of a configuration file in its folder. */
const fileName = 'config.yaml';
const machineBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
/** A secret is no key: no file holds it, and `devstead config` does not print it. */
export const tokenVariable = 'DEVSTEAD_INDEX_TOKEN';
/** Variables with other uses than a key's value. */
const otherVariables = ['DEVSTEAD_HOME', 'DEVSTEAD_DEBUG', 'DEVSTEAD_INDEX_ROOT_PASSWORD', tokenVariable];

/**
 * The configuration that holds for a folder: defaults, the user's file, the file of the repository the folder lies in,
 * then variables; later wins (conventions, 2). Problems are returned, never thrown; a value with a problem does not count.
 */
export function loadConfiguration(io: Io, configurationFolder: string, folder: string): Configuration {
  const userFile = join(configurationFolder, fileName);
  const repositoryFile = findRepositoryFile(folder);
  const user = readConfigFile(userFile, false);
  const repository = repositoryFile === undefined ? undefined : readConfigFile(repositoryFile, true);
  const chosen = new Map<string, ConfigEntry>();
  const take = (kind: 'user' | 'repository', file: string, found: ConfigFile | undefined): void => {
    for (const { key, value, line, column } of found?.values ?? []) {
      chosen.set(key.path, { key, value, source: { kind, file, line, column } });
    }
  };
  take('user', userFile, user);
  if (repositoryFile !== undefined) take('repository', repositoryFile, repository);
  const diagnostics = [...(user?.diagnostics ?? []), ...(repository?.diagnostics ?? [])];
  for (const key of configKeys) {
    const text = io.env[key.variable];
    if (text === undefined || text === '') continue;
    const judged = key.judge(key.fromText(text));
    if ('value' in judged)
      chosen.set(key.path, { key, value: judged.value, source: { kind: 'variable', variable: key.variable } });
    else diagnostics.push(describeVariable(judged.code, 'error', key.variable, judged.message));
  }
  diagnostics.push(...findUnknownVariables(io));
  return {
    entries: configKeys.map((key) => chosen.get(key.path) ?? fallBack(io, key)),
    diagnostics,
    files: [
      { path: userFile, kind: 'user', isPresent: user !== undefined },
      ...(repositoryFile === undefined
        ? []
        : [{ path: repositoryFile, kind: 'repository' as const, isPresent: repository !== undefined }]),
    ],
  };
}

/** `.devstead/config.yaml` of the nearest folder upwards that has one. */
function findRepositoryFile(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, '.devstead', fileName);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

function fallBack(io: Io, key: ConfigKey): ConfigEntry {
  if (key.path === 'ca.bundle') {
    const named = io.env['SSL_CERT_FILE'];
    if (named !== undefined && named !== '' && existsSync(named))
      return { key, value: named, source: { kind: 'machine', detail: 'SSL_CERT_FILE' } };
    const own = machineBundles.find((file) => existsSync(file));
    if (own !== undefined) return { key, value: own, source: { kind: 'machine', detail: 'the machine’s own bundle' } };
  }
  return { key, ...(key.fallback === undefined ? {} : { value: key.fallback }), source: { kind: 'default' } };
}

function findUnknownVariables(io: Io): Diagnostic[] {
  const known = [...otherVariables, ...configKeys.map(({ variable }) => variable)];
  return Object.keys(io.env)
    .filter((name) => name.startsWith('DEVSTEAD_') && !known.includes(name))
    .map((name) => describeVariable('config.unknown-variable', 'warning', name, `${name} means nothing to Devstead`));
}

function describeVariable(
  code: ConfigCode,
  severity: Diagnostic['severity'],
  variable: string,
  message: string,
): Diagnostic {
  return { code, severity, message: message.includes(variable) ? message : `${variable}: ${message}`, path: variable };
}
