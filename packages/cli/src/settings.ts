import { userInfo } from 'node:os';
import { join } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { AppError, type Diagnostic } from '@devstead/kit';
import { findRegistryFiles, type RuntimeName, type RuntimeSettings } from '@devstead/runtime/workspace';
import { type Configuration, loadConfiguration } from './config/load-configuration.ts';
import type { Io } from './io.ts';
import { readPipSettings } from './pip-settings.ts';
import { choosePackageWay } from './workspace-index.ts';

/** Where Devstead keeps its state, its caches and its configuration (XDG Base Directory Specification). */
export interface Folders {
  readonly home: string;
  readonly state: string;
  readonly cache: string;
  readonly configuration: string;
}

export function readFolders(io: Io): Folders {
  const given = io.env['HOME'];
  // Relative to the folder a command is called in, a project would bring the configuration and the caches of its user.
  const home = given?.startsWith('/') === true ? given : userInfo().homedir;
  const xdg = (name: string, fallback: string): string => {
    const value = io.env[name];
    return join(value !== undefined && value.startsWith('/') ? value : join(home, fallback), 'devstead');
  };
  const own = io.env['DEVSTEAD_HOME'];
  return {
    home,
    state: own !== undefined && own !== '' ? own : xdg('XDG_DATA_HOME', '.local/share'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    configuration: xdg('XDG_CONFIG_HOME', '.config'),
  };
}

const proxyNames = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
];
const gitNames = [
  'HOME',
  'USER',
  'LANG',
  'SSH_AUTH_SOCK',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'XDG_CONFIG_HOME',
  ...proxyNames,
];

/** What programs that keep logins need to find them. */
const helperNames = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'GNUPGHOME',
  'PASSWORD_STORE_DIR',
];

/** Variables by which container engines are found, and what Podman needs when it is started. */
const engineNames = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_TLS_VERIFY',
  'DOCKER_TLS',
  'DOCKER_CERT_PATH',
  'CONTAINER_HOST',
  'XDG_RUNTIME_DIR',
  'SSH_AUTH_SOCK',
  'HOME',
  'USER',
];

/** What the runtime must know, and what `devstead up` does unless its options say otherwise. */
export interface Settings extends RuntimeSettings {
  /** Where parents of devfiles may come from, and how large they may be. */
  readonly devfiles: {
    readonly registries: readonly string[];
    /** Of editors and plugins of devfiles 1.0.0. */
    readonly pluginRegistries: readonly string[];
    readonly hosts: readonly string[];
    /** Largest file, of a devfile and of each that it brings in. */
    readonly maxBytes: number;
  };
  /** Why workspaces have no package index although they should. */
  readonly indexProblem?: string;
  readonly up: { readonly timeoutMs: number; readonly runsCommands: boolean; readonly withSubmodules: boolean };
}

/**
 * The settings of this machine, its user and the repository that a folder lies in. Throws CONFIG_INVALID with every
 * problem of the configuration.
 */
export function readSettings(io: Io, folder: string = io.cwd): Settings {
  const configuration = readConfiguration(io, folder);
  const errors = configuration.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
    throw new AppError('CONFIG_INVALID', `the configuration has ${count}`, { details: errors.map(renderProblem) });
  }
  return makeSettings(io, configuration);
}

/** The configuration that holds for a folder, with the source of each value and all problems. */
export function readConfiguration(io: Io, folder: string = io.cwd): Configuration {
  return loadConfiguration(io, readFolders(io).configuration, folder);
}

/** The settings that a configuration comes to; values with problems count as not set. */
export function makeSettings(io: Io, { entries }: Pick<Configuration, 'entries'>): Settings {
  const folders = readFolders(io);
  const user = userInfo();
  const pick = (names: readonly string[]): { name: string; value: string }[] =>
    names.flatMap((name) => {
      const value = io.env[name];
      return value === undefined || value === '' ? [] : [{ name, value }];
    });
  const compileCache = io.env['NODE_COMPILE_CACHE'];
  // Each key's own check has held the value to its type.
  const get = <T>(path: string): T | undefined => entries.find(({ key }) => key.path === path)?.value as T | undefined;
  const caBundle = get<string>('ca.bundle');
  const debianMirror = get<string>('debian.mirror');
  const builder = get<'auto' | 'buildah' | 'engine'>('images.builder');
  return {
    stateFolder: folders.state,
    cacheFolder: folders.cache,
    user: { name: user.username, uid: user.uid, gid: user.gid },
    node: process.execPath,
    proxies: pick(proxyNames),
    ...choosePackageWay(io, {
      stateFolder: folders.state,
      proxies: pick(proxyNames),
      pip: readPipSettings(io, folders.home),
      get,
      ...(compileCache === undefined ? {} : { compileCache }),
    }),
    gitEnv: Object.fromEntries(pick(gitNames).map(({ name, value }) => [name, value])),
    runtime: get<RuntimeName>('up.runtime') ?? 'sandbox',
    engineVariables: Object.fromEntries(pick(engineNames).map(({ name, value }) => [name, value])),
    firstPort: get<number>('ports.first') ?? 20_001,
    ...(builder === undefined || builder === 'auto' ? {} : { builder }),
    buildCacheBytes: get<number>('images.buildCache') ?? 10 * 2 ** 30,
    rewrites: get<Readonly<Record<string, string>>>('images.rewrite') ?? {},
    registries: {
      ...findRegistryFiles(io.env, folders.home),
      helperEnv: Object.fromEntries(pick(helperNames).map(({ name, value }) => [name, value])),
      mirrors: get<Readonly<Record<string, string>>>('images.mirrors') ?? {},
    },
    devfiles: {
      registries: get<readonly string[]>('devfiles.registries') ?? [],
      pluginRegistries: get<readonly string[]>('devfiles.pluginRegistries') ?? [],
      hosts: get<readonly string[]>('devfiles.hosts') ?? [],
      maxBytes: get<number>('devfiles.maxBytes') ?? limits.bytes,
    },
    up: {
      timeoutMs: (get<number>('up.timeout') ?? 60) * 1000,
      runsCommands: get<boolean>('up.commands') ?? true,
      withSubmodules: get<boolean>('projects.submodules') ?? false,
    },
    ...(caBundle === undefined ? {} : { caBundle }),
    variables: io.env,
    ...(compileCache === undefined ? {} : { compileCache }),
    ...(debianMirror === undefined ? {} : { debianMirror }),
  };
}

function renderProblem({ code, file, line, column, message }: Diagnostic): string {
  return [[file, line, column].filter((part) => part !== undefined).join(':'), code, message]
    .filter(Boolean)
    .join('  ');
}
