import { closeSync, constants, fchmodSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../make-folder.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { dedicatedFiles, type WorkspacePaths } from './paths.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type DedicatedNetwork, readSandboxState, type SandboxState, updateSandboxState } from './sandbox-state.ts';

/** Address of the name server that slirp4netns offers (slirp4netns(1), "built-in DNS"). */
const nameServer = '10.0.2.3';

/**
 * Where the networks of a workspace meet: the upper half of the network that slirp4netns uses anyway, so that no more
 * of the world's addresses is hidden. The lower half stays with slirp4netns.
 */
export const meetingPlace = {
  bridge: 'devstead0',
  netmask: '255.255.255.128',
  /** Of the network that containers share. */
  sharedAddress: '10.0.2.129',
  first: 130,
  last: 254,
} as const;

type Named = Pick<ContainerSpec, 'name' | 'dedicated'>;

/**
 * Gives containers the names by which they are reached: one that shares the network stands for localhost there, one
 * with a network of its own for an address. A name stays what it is until its container is forgotten. What is
 * written is seen by containers that run.
 */
export function nameContainers(context: SandboxContext, containers: readonly Named[]): SandboxState {
  const { paths } = context;
  const state = readSandboxState(paths);
  const shared = new Set(state?.sharedNames);
  const networks = new Map(Object.entries(state?.networks ?? {}));
  for (const { name, dedicated } of containers) {
    if (dedicated !== true) {
      networks.delete(name);
      shared.add(name);
    } else {
      shared.delete(name);
      if (!networks.has(name)) networks.set(name, { address: freeAddress([...networks.values()]) });
    }
  }
  const after = updateSandboxState(paths, { sharedNames: [...shared], networks: Object.fromEntries(networks) });
  writeFiles(context, after);
  return after;
}

/** Takes a container's name away. */
export function forgetContainer(context: SandboxContext, container: string): void {
  const state = readSandboxState(context.paths);
  if (state === undefined) return;
  const networks = Object.entries(state.networks ?? {}).filter(([name]) => name !== container);
  const sharedNames = (state.sharedNames ?? []).filter((name) => name !== container);
  writeFiles(context, updateSandboxState(context.paths, { sharedNames, networks: Object.fromEntries(networks) }));
}

/** Changes what is known of a container's own network, if it still has one. */
export function updateNetwork(paths: WorkspacePaths, container: string, change: Partial<DedicatedNetwork>): void {
  const { networks = {} } = readSandboxState(paths) ?? {};
  const before = networks[container];
  if (before !== undefined)
    updateSandboxState(paths, { networks: { ...networks, [container]: { ...before, ...change } } });
}

function freeAddress(networks: readonly DedicatedNetwork[]): string {
  const taken = new Set(networks.map(({ address }) => address));
  for (let host: number = meetingPlace.first; host <= meetingPlace.last; host += 1) {
    const address = `10.0.2.${host}`;
    if (!taken.has(address)) return address;
  }
  const count = meetingPlace.last - meetingPlace.first + 1;
  throw new AppError('MACHINE_LACKS', `at most ${count} containers of a workspace can have a network of their own`);
}

/** hosts(5), hostname(5) and resolv.conf(5) of the shared network, and of each other one. */
function writeFiles({ paths, hostname }: SandboxContext, { sharedNames = [], networks = {} }: SandboxState): void {
  const local = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n';
  const names = [...new Set([hostname, ...sharedNames])].filter((name) => networks[name] === undefined).join(' ');
  const others = Object.entries(networks).map(([name, { address }]) => `${address} ${name}\n`);
  const resolver = `${readSearchDomains()}nameserver ${nameServer}\n`;
  const write = (folder: string, host: string, sharedAddress: string): void => {
    makeFolder(folder, 0o755);
    const shared = names === '' ? '' : `${sharedAddress} ${names}\n`;
    writeInPlace(join(folder, 'hosts'), [local, shared, ...others].join(''));
    writeInPlace(join(folder, 'resolv.conf'), resolver);
    writeInPlace(join(folder, 'hostname'), `${host}\n`);
  };
  write(paths.files, hostname, '127.0.0.1');
  for (const name of Object.keys(networks)) {
    write(join(paths.files, dedicatedFiles(name)), name, meetingPlace.sharedAddress);
  }
}

/** The file stays the same one, since containers that run have it mounted, and at no time is it without its lines. */
function writeInPlace(path: string, text: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const bytes = Buffer.from(text);
    fchmodSync(file, 0o644);
    if (readFileSync(path).equals(bytes)) return;
    writeSync(file, bytes, 0, bytes.length, 0);
    ftruncateSync(file, bytes.length);
  } finally {
    closeSync(file);
  }
}

function readSearchDomains(): string {
  try {
    const line = readFileSync('/etc/resolv.conf', 'utf8')
      .split('\n')
      .find((text) => /^search\s/.test(text));
    return line === undefined ? '' : `${line.trim()}\n`;
  } catch {
    return '';
  }
}
