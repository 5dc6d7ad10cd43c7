import { fileURLToPath } from 'node:url';
import type { EnvVariable } from '@devstead/environment';
import {
  indexHost,
  indexPort,
  indexTokenPath,
  readIndexFailure,
  type WorkspaceIndex,
} from '@devstead/runtime/workspace';
import { tokenVariable } from './config/load-configuration.ts';
import type { Io } from './io.ts';
import { findPip, type PipSetting } from './pip-settings.ts';

/** How workspaces get Python packages: through an index, or by pip's own settings. */
export interface PackageWay {
  readonly index?: WorkspaceIndex;
  readonly pip: readonly EnvVariable[];
  /** Why there is no index although there should be one. */
  readonly indexProblem?: string;
}

interface WayInput {
  readonly stateFolder: string;
  readonly pip: readonly PipSetting[];
  readonly proxies: readonly EnvVariable[];
  readonly compileCache?: string;
  /** A key of the configuration. */
  readonly get: (path: string) => unknown;
}

/**
 * The way to Python packages (conventions, 7): the index that is configured, else the one of this machine, which is started
 * when a workspace asks it for something; pip's own settings where that is switched off, or could not be started lately.
 */
export function choosePackageWay(io: Io, input: WayInput): PackageWay {
  const { get, proxies } = input;
  const pip = input.pip.map(({ name, value }) => ({ name, value }));
  if (get('index.workspaces') === false) return { pip };
  const configured = get('index.url');
  const isRemote = typeof configured === 'string' && !isOwnAddress(configured);
  const problem = isRemote ? undefined : findProblem(io, input);
  if (problem !== undefined) return { pip, indexProblem: problem };
  const url = isRemote ? configured : `http://${indexHost}:${indexPort}`;
  const variables = describeIndex(url, String(get('index.name')), String(get('index.username')), pip);
  // What pip's settings say besides still counts, for example the time that it waits.
  const hasToken = (io.env[tokenVariable] ?? '') !== '';
  const secret = hasToken ? { tokenVariable } : {};
  if (hasToken) variables.push({ name: 'DEVPI_TOKEN_FILE', value: indexTokenPath });
  if (isRemote) return { pip, index: { variables, ...secret } };
  const relay = { command: serveCommand(), env: serveEnvironment(io, input.compileCache) };
  return { pip, index: { variables: [...variables, ...bypassProxies(proxies)], ...secret, relay } };
}

/** Why the index of this machine would be of no use. */
function findProblem(io: Io, { stateFolder, pip, get }: WayInput): string | undefined {
  const failure = readIndexFailure(stateFolder, io.clock.now());
  if (failure !== undefined) return failure.message;
  const isSet =
    get('index.upstream') !== undefined ||
    pip.some(({ name }) => name === 'PIP_INDEX_URL') ||
    ['UV_DEFAULT_INDEX', 'UV_INDEX_URL'].some((name) => (io.env[name] ?? '') !== '');
  if (isSet || findPip(io.env['PATH'] ?? '') !== undefined) return undefined;
  return 'neither index.upstream nor PIP_INDEX_URL nor a pip of this machine says where packages come from';
}

/** The variables by which pip, uv and devpi's programs learn of an index. */
function describeIndex(url: string, index: string, username: string, pip: readonly EnvVariable[]): EnvVariable[] {
  const simple = `${url}/${index}/+simple/`;
  const trusted = pip.find(({ name }) => name === 'PIP_TRUSTED_HOST')?.value;
  const { protocol, hostname } = new URL(url);
  return [
    { name: 'PIP_INDEX_URL', value: simple },
    ...(protocol === 'http:'
      ? [{ name: 'PIP_TRUSTED_HOST', value: [hostname, trusted].filter(Boolean).join(' ') }]
      : []),
    { name: 'UV_INDEX_URL', value: simple },
    { name: 'DEVPI_URL', value: url },
    { name: 'DEVPI_INDEX', value: index },
    { name: 'DEVPI_USERNAME', value: username },
  ];
}

/** An address of this machine means its own index: workspaces reach nothing else of its loopback. */
function isOwnAddress(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** A proxy knows nothing of a name that is only in a workspace. */
function bypassProxies(proxies: readonly EnvVariable[]): EnvVariable[] {
  if (proxies.length === 0) return [];
  const lists = proxies.filter(({ name }) => name.toLowerCase() === 'no_proxy');
  const value = lists.find((list) => list.value !== '')?.value;
  return ['NO_PROXY', 'no_proxy'].map((name) => ({ name, value: [value, indexHost].filter(Boolean).join(',') }));
}

function serveCommand(): string[] {
  const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
  return [
    process.execPath,
    '--max-semi-space-size=2',
    '--disable-warning=ExperimentalWarning',
    main,
    'index',
    'serve',
    '--on-demand',
  ];
}

/** What the index is to know of the user's variables; the rest is none of its business. */
function serveEnvironment(io: Io, compileCache: string | undefined): EnvVariable[] {
  const isPassedOn = (name: string): boolean =>
    /^(?:PATH|HOME|LANG|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|DEVSTEAD_.+|XDG_.+|PIP_.+|UV_.*INDEX.*)$|^(?:https?|no|all)_proxy$/i.test(
      name,
    );
  const own = Object.entries(io.env).flatMap(([name, value]) =>
    value === undefined || !isPassedOn(name) || ['DEVSTEAD_WORKSPACE_FOLDER', tokenVariable].includes(name)
      ? []
      : [{ name, value }],
  );
  return compileCache === undefined ? own : [...own, { name: 'NODE_COMPILE_CACHE', value: compileCache }];
}
