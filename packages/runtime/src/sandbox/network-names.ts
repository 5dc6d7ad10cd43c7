import { closeSync, constants, fchmodSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { indexHost, indexAddress as ownIndexAddress } from '../index-service/index-place.ts';
import { makeFolder } from '../make-folder.ts';
import { type ContainerSpec, hasOwnNetwork, type NetworkMembership } from '../plan/container-spec.ts';
import { type WorkspacePaths } from '../state/paths.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { type DedicatedNetwork, readSandboxState, type SandboxState, updateSandboxState } from './sandbox-state.ts';
import { dedicatedFiles } from './stage-paths.ts';
import { defaultSubnet, describeSubnet, freeAddress, meetingPlace, type Subnet } from './subnet.ts';

/** Address of the name server that slirp4netns offers (slirp4netns(1), "built-in DNS"). */
const nameServer = '10.0.2.3';

/** Lines of resolv.conf(5); the one of the workspace's name server is added where none is asked for. */
function renderResolver(lines: readonly string[]): string {
  const isNamed = lines.some((line) => line.startsWith('nameserver '));
  return [...lines, ...(isNamed ? [] : [`nameserver ${nameServer}`])].map((line) => `${line}\n`).join('');
}

/** What of a spec decides about names. */
export type Named = Pick<
  ContainerSpec,
  'name' | 'aliases' | 'dedicated' | 'networks' | 'networkOf' | 'hostname' | 'extraHosts' | 'resolver'
>;

/** The network in which dedicated containers meet the shared one. No network of a compose file has that name. */
const meetingNetwork = '';

/**
 * Gives containers the names by which they are reached: one that shares the network stands for localhost there, one
 * with a network of its own for an address in each network it is in. A name stays what it is until its container is
 * forgotten. What is written is seen by containers that run.
 */
export function nameContainers(context: SandboxContext, containers: readonly Named[]): SandboxState {
  const { paths } = context;
  const state = readSandboxState(paths);
  const shared = new Set(state?.sharedNames);
  const networks = new Map(Object.entries(state?.networks ?? {}));
  const sharedAliases = new Map(Object.entries(state?.sharedAliases ?? {}));
  let subnets = state?.subnets ?? {};
  // Addresses that are asked for are taken before any is chosen.
  const inOrder = containers.toSorted((a, b) => Number(asksForAddress(b)) - Number(asksForAddress(a)));
  for (const spec of inOrder) {
    const { name, networkOf, aliases } = spec;
    sharedAliases.delete(name);
    if (!hasOwnNetwork(spec)) {
      if (aliases !== undefined) sharedAliases.set(name, aliases);
      networks.delete(name);
      if (networkOf === undefined) shared.add(name);
      continue;
    }
    shared.delete(name);
    if (networks.has(name)) continue;
    for (const { network, subnet } of spec.networks ?? []) {
      subnets = { ...subnets, [network]: subnets[network] ?? subnet ?? unusedSubnet(subnets) };
    }
    networks.set(name, drawNetwork(spec, subnets, [...networks.values()]));
  }
  const after = updateSandboxState(paths, {
    sharedNames: [...shared],
    ...(sharedAliases.size + Object.keys(state?.sharedAliases ?? {}).length === 0
      ? {}
      : { sharedAliases: Object.fromEntries(sharedAliases) }),
    networks: Object.fromEntries(networks),
    ...(Object.keys(subnets).length === 0 ? {} : { subnets }),
  });
  writeFiles(context, after);
  return after;
}

function asksForAddress({ networks = [] }: Named): boolean {
  return networks.some(({ address }) => address !== undefined);
}

function unusedSubnet(subnets: Readonly<Record<string, string>>): string {
  const taken = new Set(Object.values(subnets));
  for (let index = 0; ; index += 1) {
    const subnet = defaultSubnet(index);
    if (!taken.has(subnet)) return subnet;
  }
}

function drawNetwork(
  spec: Named,
  subnets: Readonly<Record<string, string>>,
  others: readonly DedicatedNetwork[],
): DedicatedNetwork {
  const taken = new Set(others.flatMap(({ cables }) => cables.map(({ address }) => address)));
  const draw = ({ network, aliases, address }: NetworkMembership): DedicatedNetwork['cables'][number] => ({
    network,
    address: address ?? freeAddress(subnetOf(subnets, network), taken),
    ...(aliases.length === 0 ? {} : { aliases }),
  });
  const memberships = listMemberships(spec);
  const { hostname, extraHosts, resolver } = spec;
  return {
    cables: memberships.map(draw),
    ...(hostname === undefined ? {} : { hostname }),
    ...(extraHosts === undefined ? {} : { extraHosts }),
    ...(resolver === undefined ? {} : { resolver }),
  };
}

function listMemberships({ dedicated, networks = [], aliases = [] }: Named): readonly NetworkMembership[] {
  return dedicated === true ? [{ network: meetingNetwork, aliases }] : networks;
}

/** The subnet of a network that has been named. */
export function subnetOf(subnets: Readonly<Record<string, string>>, network: string): Subnet {
  if (network === meetingNetwork) return meetingPlace;
  const index = Object.keys(subnets).indexOf(network);
  return describeSubnet(subnets[network] ?? defaultSubnet(index), `devstead${index + 1}`);
}

/** True when a container's own network is still the one its spec asks for. */
export function fitsNetwork(own: DedicatedNetwork, spec: Named): boolean {
  const { hostname, extraHosts, resolver, cables } = own;
  const memberships = listMemberships(spec);
  const wanted = memberships.map((one: NetworkMembership, index) => [
    one.network,
    one.aliases,
    one.address ?? cables[index]?.address,
  ]);
  const found = cables.map(({ network, aliases = [], address }) => [network, aliases, address]);
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return same([wanted, spec.hostname, spec.extraHosts, spec.resolver], [found, hostname, extraHosts, resolver]);
}

/** Takes a container's name away. */
export function forgetContainer(context: SandboxContext, container: string): void {
  const state = readSandboxState(context.paths);
  if (state === undefined) return;
  const networks = Object.entries(state.networks ?? {}).filter(([name]) => name !== container);
  const sharedNames = (state.sharedNames ?? []).filter((name) => name !== container);
  const aliases = Object.entries(state.sharedAliases ?? {}).filter(([name]) => name !== container);
  const left = {
    sharedNames,
    networks: Object.fromEntries(networks),
    ...(state.sharedAliases === undefined ? {} : { sharedAliases: Object.fromEntries(aliases) }),
  };
  writeFiles(context, updateSandboxState(context.paths, left));
}

/** Changes what is known of a container's own network, if it still has one. */
export function updateNetwork(paths: WorkspacePaths, container: string, change: Partial<DedicatedNetwork>): void {
  const { networks = {} } = readSandboxState(paths) ?? {};
  const before = networks[container];
  if (before !== undefined)
    updateSandboxState(paths, { networks: { ...networks, [container]: { ...before, ...change } } });
}

/** hosts(5), hostname(5) and resolv.conf(5) of the shared network, and of each other one. */
function writeFiles(
  { paths, hostname, settings }: SandboxContext,
  { sharedNames = [], sharedAliases = {}, networks = {}, subnets = {} }: SandboxState,
): void {
  const local = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n';
  const isMet = (name: string): boolean => networks[name]?.cables[0]?.network === meetingNetwork;
  const names = [...new Set([hostname, ...sharedNames, ...Object.values(sharedAliases).flat()])]
    .filter((name) => networks[name] === undefined)
    .join(' ');
  const indexAt = (address: string): string[] =>
    settings.index?.relay === undefined ? [] : [`${address} ${indexHost}\n`];
  const defaultResolver = `${readSearchDomains()}nameserver ${nameServer}\n`;
  const write = (folder: string, host: string, lines: readonly string[], resolver: string): void => {
    makeFolder(folder, 0o755);
    writeInPlace(join(folder, 'hosts'), [local, ...lines].join(''));
    writeInPlace(join(folder, 'resolv.conf'), resolver);
    writeInPlace(join(folder, 'hostname'), `${host}\n`);
  };
  const meeting = Object.keys(networks)
    .filter(isMet)
    .flatMap((name) => addressLines(networks, name, [meetingNetwork]));
  const sharedLines = (address: string): string[] => (names === '' ? [] : [`${address} ${names}\n`]);
  write(paths.files, hostname, [...sharedLines('127.0.0.1'), ...meeting, ...indexAt(ownIndexAddress)], defaultResolver);
  for (const [name, own] of Object.entries(networks)) {
    const reached = own.cables.map(({ network }) => network);
    const extra = (own.extraHosts ?? []).map((entry) => `${entry.address} ${entry.name}\n`);
    const others = Object.keys(networks).flatMap((other) => addressLines(networks, other, reached));
    const [gateway] = reached.map((network) => subnetOf(subnets, network).bridgeAddress);
    const index = gateway === undefined ? [] : indexAt(gateway);
    const lines = [...(isMet(name) ? sharedLines(meetingPlace.bridgeAddress) : []), ...others, ...extra, ...index];
    const resolver = own.resolver === undefined ? defaultResolver : renderResolver(own.resolver);
    write(join(paths.files, dedicatedFiles(name)), own.hostname ?? name, lines, resolver);
  }
}

/** A container's addresses in those networks, with its names there. */
function addressLines(
  networks: Readonly<Record<string, DedicatedNetwork>>,
  name: string,
  reached: readonly string[],
): string[] {
  const { cables = [], hostname } = networks[name] ?? {};
  return cables
    .filter(({ network }) => reached.includes(network))
    .map(({ address, aliases = [] }) => {
      const names = new Set([name, ...aliases, ...(hostname === undefined ? [] : [hostname])]);
      return `${address} ${[...names].join(' ')}\n`;
    });
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
