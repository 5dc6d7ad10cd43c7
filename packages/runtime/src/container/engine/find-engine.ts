import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { EnginePlace } from '../../state/engine-place.ts';
import { type DockerContext, readDockerContext, readDockerTls } from './docker-context.ts';
import { describeAddress, type EngineAddress, parseAddress } from './engine-address.ts';
import { type EngineClient, EngineRefusal, openEngineClient } from './engine-client.ts';

/** An engine that answers, and what it says of itself. */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  readonly version: string;
  readonly apiVersion: string;
  readonly place: EnginePlace;
  readonly client: EngineClient;
}

/** One place that was looked at. */
export interface EngineAttempt {
  readonly source: string;
  readonly address: string;
  readonly reason: string;
}

/** Variables and folders of the machine by which engines are found. */
export interface EngineSurroundings {
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** What answered, and every place before it. */
export interface EngineSearch {
  readonly engine?: Engine;
  readonly attempts: readonly EngineAttempt[];
}

interface Candidate extends EnginePlace {
  /** It was asked for by name: no other place is looked at. */
  readonly isFixed?: true;
}

/** The newest version of the API whose answers are understood here. */
const newestApi = '1.51';
/** Below it, what workspaces need is missing. */
const oldestApi = '1.40';

export function thisMachine(variables: EngineSurroundings['variables'] = {}): EngineSurroundings {
  return {
    platform: process.platform,
    variables,
    home: variables['HOME'] ?? homedir(),
    uid: process.getuid?.() ?? 0,
  };
}

/**
 * Looks for an engine: what DOCKER_HOST says, the chosen docker context, then the places where Docker and Podman listen
 * for this user and for all, on this system. A place that was named and does not answer ends the search.
 */
export async function findEngine(surroundings: EngineSurroundings): Promise<EngineSearch> {
  const attempts: EngineAttempt[] = [];
  for (const { isFixed, ...place } of listCandidates(surroundings)) {
    const met = await tryPlace(place, surroundings);
    if ('client' in met) return { engine: met, attempts };
    attempts.push(met);
    if (isFixed === true) break;
  }
  return { attempts };
}

/** The engine at a place, or why there is none. */
export async function tryPlace(
  place: EnginePlace,
  { platform, variables }: Pick<EngineSurroundings, 'platform' | 'variables'>,
): Promise<Engine | EngineAttempt> {
  const { source, url, tls, program } = place;
  const address = parseAddress(url, { variables, ...(tls && { tls }), ...(program && { program }) });
  if (typeof address === 'string') return { source, address: url, reason: address };
  if ('socketPath' in address && platform !== 'win32' && !existsSync(address.socketPath))
    return { source, address: address.socketPath, reason: 'there is no such socket' };
  try {
    return await meetEngine(address, place);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { source, address: describeAddress(address), reason };
  }
}

/** The place that is asked first: one that was named, else one where there may be an engine. */
export function findFirstPlace(surroundings: EngineSurroundings): EnginePlace | undefined {
  const isThere = ({ url }: Candidate): boolean =>
    !url.startsWith('unix://') || existsSync(url.slice('unix://'.length));
  return listCandidates(surroundings).find((one) => one.isFixed === true || isThere(one));
}

/** Throws ENGINE_NOT_FOUND with every attempt. */
export function requireEngine({ engine, attempts }: EngineSearch): Engine {
  if (engine !== undefined) return engine;
  throw new AppError('ENGINE_NOT_FOUND', 'no container engine answers', {
    details: attempts.map(({ source, address, reason }) => `${source} (${address}): ${reason}`),
  });
}

/** Every place, in the order in which it is looked at. */
export function listCandidates({ platform, variables, home, uid }: EngineSurroundings): readonly Candidate[] {
  const named = variables['DOCKER_HOST'] ?? '';
  if (named !== '') {
    const tls = readDockerTls(variables, home);
    return [{ source: 'DOCKER_HOST', url: named, isFixed: true, ...(tls === undefined ? {} : { tls }) }];
  }
  const podman = variables['CONTAINER_HOST'] ?? '';
  if (podman !== '') return [{ source: 'CONTAINER_HOST', url: podman, isFixed: true, program: 'podman' }];
  const found = readDockerContext(variables, home);
  const context = found === undefined ? [] : [describeContext(found)];
  if (found?.isNamed === true) return context;
  const unix = (source: string, path: string): Candidate => ({ source, url: `unix://${path}` });
  if (platform === 'win32') {
    return [
      ...context,
      { source: 'Docker Desktop', url: 'npipe:////./pipe/docker_engine' },
      { source: 'Docker Desktop (Linux engine)', url: 'npipe:////./pipe/dockerDesktopLinuxEngine' },
      { source: 'Podman machine', url: 'npipe:////./pipe/podman-machine-default' },
    ];
  }
  if (platform === 'darwin') {
    const machine = join(home, '.local/share/containers/podman/machine');
    return [
      ...context,
      unix('Docker Desktop', join(home, '.docker/run/docker.sock')),
      unix('Colima', join(home, '.colima/default/docker.sock')),
      unix('Podman machine', join(machine, 'podman.sock')),
      unix('Podman machine (qemu)', join(machine, 'qemu/podman.sock')),
      unix('Docker', '/var/run/docker.sock'),
    ];
  }
  const runtime = variables['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  return [
    ...context,
    unix('rootless Docker', join(runtime, 'docker.sock')),
    unix('Docker', '/var/run/docker.sock'),
    unix('Docker Desktop', join(home, '.docker/desktop/docker.sock')),
    unix('rootless Podman', join(runtime, 'podman/podman.sock')),
    ...(uid === 0 ? [unix('Podman', '/run/podman/podman.sock')] : []),
  ];
}

function describeContext({ name, url, tls, isNamed }: DockerContext): Candidate {
  return {
    source: `docker context ${name}`,
    url,
    ...(tls === undefined ? {} : { tls }),
    ...(isNamed ? { isFixed: true } : {}),
  };
}

/** How long an engine may take to say what it is: time for a machine under load. Where nothing listens nobody waits. */
const meetTimeoutMs = 10_000;

/**
 * Asks an engine what it is, and chooses the version of the API that both know. The heads of an answer to `/_ping` say
 * it; what `/version` tells beyond that costs Podman over a second. Throws ENGINE_FAILED.
 */
export async function meetEngine(
  address: EngineAddress,
  place: EnginePlace,
  timeoutMs = meetTimeoutMs,
): Promise<Engine> {
  const first = openEngineClient(address);
  try {
    const heads = await readHeads(first, timeoutMs);
    const apiVersion = chooseApiVersion(heads['api-version'], address);
    const client = openEngineClient(address, apiVersion);
    // A version it does not keep to would show in the middle of a start.
    await client.call('GET', '/_ping', { timeoutMs });
    const [, program = '', version = ''] = /^([^/\s]+)\/(\S+)/.exec(heads['server'] ?? '') ?? [];
    const isPodman = heads['libpod-api-version'] !== undefined || program === 'Libpod';
    return { kind: isPodman ? 'podman' : 'docker', version, apiVersion, place, client };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    throw new AppError('ENGINE_FAILED', `it refuses the version of the API that it told: ${error.message}`);
  } finally {
    first.close();
  }
}

async function readHeads(
  client: EngineClient,
  timeoutMs: number,
): Promise<Readonly<Record<string, string | undefined>>> {
  const answer = await client.stream('GET', '/_ping', { timeoutMs });
  answer.destroy();
  return Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

/** The newest version that both know. Throws ENGINE_FAILED. */
function chooseApiVersion(told: string | undefined, address: EngineAddress): string {
  if (told === undefined || !/^\d{1,4}\.\d{1,4}$/.test(told))
    throw new AppError(
      'ENGINE_FAILED',
      `what answers at ${describeAddress(address)} tells no version of the Docker API`,
    );
  const chosen = compareVersions(told, newestApi) < 0 ? told : newestApi;
  if (compareVersions(chosen, oldestApi) >= 0) return chosen;
  throw new AppError('ENGINE_FAILED', `its API is ${told}; at least ${oldestApi} is needed`);
}

/** Negative where the first is older. */
function compareVersions(one: string, other: string): number {
  const [a = 0, b = 0] = one.split('.').map(Number);
  const [c = 0, d = 0] = other.split('.').map(Number);
  return a - c || b - d;
}
