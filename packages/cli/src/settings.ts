import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { RuntimeSettings } from '@devstead/runtime';
import type { Io } from './io.ts';

/** Where Devstead keeps its state, its caches and its configuration (XDG Base Directory Specification). */
export interface Folders {
  readonly state: string;
  readonly cache: string;
  readonly configuration: string;
}

export function readFolders(io: Io): Folders {
  const home = io.env['HOME'] ?? userInfo().homedir;
  const xdg = (name: string, fallback: string): string => {
    const value = io.env[name];
    return join(value !== undefined && value.startsWith('/') ? value : join(home, fallback), 'devstead');
  };
  const own = io.env['DEVSTEAD_HOME'];
  return {
    state: own !== undefined && own !== '' ? own : xdg('XDG_DATA_HOME', '.local/share'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    configuration: xdg('XDG_CONFIG_HOME', '.config'),
  };
}

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'ALL_PROXY', 'all_proxy'];
const gitNames = [
  'HOME', 'USER', 'LANG', 'SSH_AUTH_SOCK', 'GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'XDG_CONFIG_HOME',
  ...proxyNames,
];
const pipNames = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_DEFAULT_TIMEOUT'];
const caFiles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** What the runtime must know of this machine and its user. */
export function readSettings(io: Io): RuntimeSettings {
  const folders = readFolders(io);
  const user = userInfo();
  const pick = (names: readonly string[]): { name: string; value: string }[] =>
    names.flatMap((name) => {
      const value = io.env[name];
      return value === undefined || value === '' ? [] : [{ name, value }];
    });
  const caBundle = [io.env['DEVSTEAD_CA_BUNDLE'], io.env['SSL_CERT_FILE'], ...caFiles].find(
    (file) => file !== undefined && file !== '' && existsSync(file),
  );
  const compileCache = io.env['NODE_COMPILE_CACHE'];
  const mirror = io.env['DEVSTEAD_DEBIAN_MIRROR'];
  return {
    stateFolder: folders.state,
    cacheFolder: folders.cache,
    user: { name: user.username, uid: user.uid, gid: user.gid },
    node: process.execPath,
    proxies: pick(proxyNames),
    pip: pick(pipNames),
    gitEnv: Object.fromEntries(pick(gitNames).map(({ name, value }) => [name, value])),
    firstPort: 20_001,
    rewrites: {},
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(compileCache === undefined ? {} : { compileCache }),
    ...(mirror === undefined || mirror === '' ? {} : { debianMirror: mirror }),
  };
}
