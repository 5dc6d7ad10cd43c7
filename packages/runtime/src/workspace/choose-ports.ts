import { createServer } from 'node:net';
import type { Container, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { replicaNames } from '../plan/resolve-service.ts';
import type { PublishedPort } from '../plan/types.ts';
import { describePortOwner } from '../process/port-owner.ts';

export interface ChooseOptions {
  readonly first: number;
  /** Ports that endpoints of this workspace had before; they keep them. */
  readonly before: Readonly<Record<string, number>>;
  /** Ports promised to other workspaces. */
  readonly taken: ReadonlySet<number>;
  /** Ports this workspace itself holds open now. */
  readonly held: ReadonlySet<number>;
  readonly includesInternal: boolean;
}

/**
 * Gives each endpoint that is to be published a port of the machine's loopback address: the one it had, else the first
 * free one that no other endpoint had. An endpoint whose old port was taken by something else meanwhile gets another.
 */
export async function choosePorts(environment: Environment, options: ChooseOptions): Promise<PublishedPort[]> {
  const exposures = options.includesInternal ? ['public', 'internal'] : ['public'];
  const chosen: PublishedPort[] = [];
  const used = new Set(options.taken);
  // What is promised to workspaces that do not run is no reason to refuse a port that is written.
  const written = new Set<number>();
  for (const container of environment.containers) {
    for (const port of await chooseServicePorts(container, { used, written }, options)) {
      used.add(port.hostPort);
      written.add(port.hostPort);
      chosen.push(port);
    }
    for (const endpoint of container.endpoints) {
      if (!exposures.includes(endpoint.exposure) || endpoint.protocol === 'udp') continue;
      const hostPort = await choosePort(options.before[endpoint.name], used, options);
      used.add(hostPort);
      chosen.push({
        endpoint: endpoint.name,
        container: container.name,
        port: endpoint.port,
        hostPort,
        exposure: endpoint.exposure === 'internal' ? 'internal' : 'public',
        protocol: endpoint.protocol,
        ...(endpoint.path === undefined ? {} : { path: endpoint.path }),
      });
    }
  }
  return chosen;
}

async function choosePort(
  before: number | undefined,
  used: ReadonlySet<number>,
  options: ChooseOptions,
): Promise<number> {
  if (before !== undefined && !used.has(before) && (options.held.has(before) || (await isFree(before)))) return before;
  return findFreePort(options.first, new Set([...used, ...Object.values(options.before)]));
}

/** Ports whose programs do not speak HTTP; any other is shown as an address to open. */
const otherProtocols = new Set([
  21, 22, 23, 25, 53, 110, 143, 389, 636, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5672, 6379, 9092, 11_211, 27_017,
]);

/** The ports of a service as written (Compose Specification, `ports`). Throws PORT_IN_USE. */
async function chooseServicePorts(
  { name, service }: Container,
  { used, written }: { readonly used: ReadonlySet<number>; readonly written: ReadonlySet<number> },
  options: ChooseOptions,
): Promise<PublishedPort[]> {
  const chosen: PublishedPort[] = [];
  for (const { target, published, hostIp = allAddresses, protocol } of service?.ports ?? []) {
    if (protocol !== 'tcp') continue;
    for (const container of replicaNames(name, service?.replicas ?? 1)) {
      const endpoint = `${container}-${target}`;
      const before = options.before[endpoint];
      const own = chosen.map(({ hostPort }) => hostPort);
      const taken = new Set([...(published === undefined ? used : written), ...own]);
      const isOpen = async (port: number): Promise<boolean> =>
        !taken.has(port) && (options.held.has(port) || (await isFree(port, hostIp)));
      const hostPort =
        published === undefined
          ? await choosePort(before, taken, options)
          : await findPublished(published, before, isOpen);
      if (hostPort === undefined) {
        // Of several containers only one can have a port of its own number.
        if (container !== name) continue;
        throw await portInUse(published ?? '', name, hostIp);
      }
      const isHttp = !otherProtocols.has(target);
      const common = { endpoint, container, port: target, hostPort, exposure: 'public' } as const;
      chosen.push({ ...common, ...(hostIp === loopback ? {} : { hostIp }), protocol: isHttp ? 'http' : 'tcp' });
    }
  }
  return chosen;
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

async function portInUse(published: string, service: string, host: string): Promise<AppError> {
  const port = Number(published.split('-')[0]);
  const owner = describePortOwner(port) ?? 'another process';
  const other = await findFreePort(port + 1, new Set());
  return new AppError('PORT_IN_USE', `port ${published} of ${service} is in use by ${owner}`, {
    hint: `End that, or publish another one: ${host === allAddresses ? '' : `${host}:`}${other} is free.`,
  });
}

const lastPort = 65_535;

/** The first port from `first` on that nobody listens on and nobody was promised. */
export async function findFreePort(first: number, used: ReadonlySet<number>): Promise<number> {
  for (let port = first; port <= lastPort; port += 1) {
    if (!used.has(port) && (await isFree(port))) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
