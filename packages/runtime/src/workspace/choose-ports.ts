import type { Environment, ServicePort } from '@devstead/environment';
import { type ContainerEndpoint, listContainerEndpoints } from '@devstead/environment/replicas';
import { AppError } from '@devstead/kit';
import type { PublishedPort } from '../plan/types.ts';
import { describePortOwner } from '../process/port-owner.ts';
import { isPortFree } from './is-port-free.ts';

export interface ChooseOptions {
  readonly first: number;
  /** Ports that endpoints of this workspace had before; they keep them. */
  readonly before: Readonly<Record<string, number>>;
  /** Ports promised to other workspaces. */
  readonly taken: ReadonlySet<number>;
  /** Ports this workspace itself holds open now, by endpoint. */
  readonly held: Readonly<Record<string, number>>;
  readonly includesInternal: boolean;
}

/**
 * Gives each endpoint that is to be published a port of the machine's loopback address: the one it had, else the first
 * free one that no other endpoint had. An endpoint whose old port was taken by something else meanwhile gets another.
 */
export async function choosePorts(environment: Environment, options: ChooseOptions): Promise<PublishedPort[]> {
  const exposures = options.includesInternal ? ['public', 'internal'] : ['public'];
  const chosen: PublishedPort[] = [];
  const all = environment.containers.flatMap(listContainerEndpoints);
  const kinds = new Map(all.map(({ endpoint }) => [endpoint.name, kindOf(endpoint)]));
  // The same number may be used once for TCP and once for UDP.
  const used = { tcp: new Set<number>(), udp: new Set<number>() };
  const held = { tcp: new Set<number>(), udp: new Set<number>() };
  for (const [name, port] of Object.entries(options.held)) held[kinds.get(name) ?? 'tcp'].add(port);
  for (const found of all) {
    const { container, endpoint, written } = found;
    if (!exposures.includes(endpoint.exposure)) continue;
    const protocol = kindOf(endpoint);
    const choosing = { ...options, protocol, held: held[protocol] };
    const taken = new Set([...options.taken, ...used[protocol]]);
    const hostPort =
      written === undefined
        ? await choosePort(options.before[endpoint.name], taken, choosing)
        : await chooseWritten(found, written, used[protocol], choosing);
    if (hostPort === undefined) continue;
    used[protocol].add(hostPort);
    const hostIp = written === undefined ? loopback : (written.hostIp ?? allAddresses);
    chosen.push({
      endpoint: endpoint.name,
      container,
      port: endpoint.port,
      hostPort,
      ...(hostIp === loopback ? {} : { hostIp }),
      exposure: endpoint.exposure === 'internal' ? 'internal' : 'public',
      protocol: endpoint.protocol,
      ...(endpoint.path === undefined ? {} : { path: endpoint.path }),
    });
  }
  return chosen;
}

type Protocol = 'tcp' | 'udp';

function kindOf({ protocol }: ContainerEndpoint['endpoint']): Protocol {
  return protocol === 'udp' ? 'udp' : 'tcp';
}

/** How a port of one protocol is chosen. */
interface Choosing extends Omit<ChooseOptions, 'held'> {
  readonly protocol: Protocol;
  readonly held: ReadonlySet<number>;
}

async function choosePort(before: number | undefined, used: ReadonlySet<number>, options: Choosing): Promise<number> {
  const { protocol, held, first } = options;
  const isOpen = async (port: number): Promise<boolean> => held.has(port) || isPortFree(port, loopback, protocol);
  if (before !== undefined && !used.has(before) && (await isOpen(before))) return before;
  return findFreePort(first, new Set([...used, ...Object.values(options.before)]), protocol);
}

/**
 * The port of a service as written (Compose Specification, `ports`); undefined for a further container of a service whose
 * port has one number. Throws PORT_IN_USE.
 */
async function chooseWritten(
  { container, endpoint: { name } }: ContainerEndpoint,
  { published, hostIp = allAddresses }: ServicePort,
  taken: ReadonlySet<number>,
  options: Choosing,
): Promise<number | undefined> {
  if (published === undefined) return choosePort(options.before[name], new Set([...options.taken, ...taken]), options);
  // What is promised to workspaces that do not run is no reason to refuse a port that is written.
  const isOpen = async (port: number): Promise<boolean> =>
    !taken.has(port) && (options.held.has(port) || (await isPortFree(port, hostIp, options.protocol)));
  const found = await findPublished(published, options.before[name], isOpen);
  if (found !== undefined || taken.has(Number(published))) return found;
  throw await portInUse(published, container, hostIp, options.protocol);
}

const loopback = '127.0.0.1';
const allAddresses = '0.0.0.0';

/** The first open port of a range, `8080-8090`, preferably the one it had. */
async function findPublished(
  published: string,
  before: number | undefined,
  isOpen: (port: number) => Promise<boolean>,
): Promise<number | undefined> {
  const [first = 0, last = first] = published.split('-').map(Number);
  if (before !== undefined && before >= first && before <= last && (await isOpen(before))) return before;
  for (let port = first; port <= last; port += 1) {
    if (await isOpen(port)) return port;
  }
  return undefined;
}

async function portInUse(published: string, service: string, host: string, protocol: Protocol): Promise<AppError> {
  const port = Number(published.split('-')[0]);
  const owner = describePortOwner(port, protocol) ?? 'another process';
  const other = await findFreePort(port + 1, new Set(), protocol);
  const shown = protocol === 'udp' ? `${published}/udp` : published;
  return new AppError('PORT_IN_USE', `port ${shown} of ${service} is in use by ${owner}`, {
    hint: `End that, or publish another one: ${host === allAddresses ? '' : `${host}:`}${other} is free.`,
  });
}

const lastPort = 65_535;

/** The first port from `first` on that nobody listens on and nobody was promised. */
export async function findFreePort(
  first: number,
  used: ReadonlySet<number>,
  protocol: Protocol = 'tcp',
): Promise<number> {
  for (let port = first; port <= lastPort; port += 1) {
    if (!used.has(port) && (await isPortFree(port, loopback, protocol))) return port;
  }
  throw new Error('no free port');
}
