import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineTls } from '../../state/engine-place.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** An endpoint of Docker's own configuration. */
export interface DockerContext {
  readonly name: string;
  /** Empty where nothing is known under the name. */
  readonly url: string;
  readonly tls?: EngineTls;
  /** It was named by a variable, not only chosen some time. */
  readonly isNamed: boolean;
}

/** The docker context that is in use (docker(1), `docker context use`), unless it is the default one. */
export function readDockerContext(variables: Variables, home: string): DockerContext | undefined {
  const folder = variables['DOCKER_CONFIG'] ?? join(home, '.docker');
  const config = readJson(join(folder, 'config.json')) as { currentContext?: unknown } | undefined;
  const named = variables['DOCKER_CONTEXT'] ?? '';
  const name = named === '' ? config?.currentContext : named;
  if (typeof name !== 'string' || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(folder, 'contexts/meta', id, 'meta.json')) as
    | { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } }
    | undefined;
  const { Host: url, SkipTLSVerify: isUnverified } = meta?.Endpoints?.docker ?? {};
  const tls = findFiles(join(folder, 'contexts/tls', id, 'docker'), isUnverified === true);
  return {
    name,
    url: typeof url === 'string' ? url : '',
    isNamed: named !== '',
    ...(tls === undefined ? {} : { tls }),
  };
}

/** How docker(1) reaches an engine whose address a variable names: `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`. */
export function readDockerTls(variables: Variables, home: string): EngineTls | undefined {
  const isVerified = (variables['DOCKER_TLS_VERIFY'] ?? '') !== '';
  if (!isVerified && (variables['DOCKER_TLS'] ?? '') === '') return undefined;
  const folder = variables['DOCKER_CERT_PATH'] ?? variables['DOCKER_CONFIG'] ?? join(home, '.docker');
  return findFiles(folder, !isVerified) ?? (isVerified ? {} : { isUnverified: true });
}

function findFiles(folder: string, isUnverified: boolean): EngineTls | undefined {
  const found = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = join(folder, `${name}.pem`);
    return existsSync(path) ? [[name, path] as const] : [];
  });
  if (found.length === 0 && !isUnverified) return undefined;
  return { ...Object.fromEntries(found), ...(isUnverified ? { isUnverified: true } : {}) };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
