import { createServer } from 'node:net';
import type { Environment } from '@devstead/environment';
import type { PublishedPort } from '../plan/types.ts';

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
  for (const container of environment.containers) {
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

const lastPort = 65_535;

/** The first port from `first` on that nobody listens on and nobody was promised. */
export async function findFreePort(first: number, used: ReadonlySet<number>): Promise<number> {
  for (let port = first; port <= lastPort; port += 1) {
    if (!used.has(port) && (await isFree(port))) return port;
  }
  throw new Error('no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
