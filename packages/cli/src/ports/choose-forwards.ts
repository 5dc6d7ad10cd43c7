import { createServer } from 'node:net';
import type { Endpoint, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { describePortOwner, findFreePort, type PublishedPort } from '@devstead/runtime';
import { listEndpoints } from './read-ports.ts';

/** One endpoint to forward, and the port of this machine it is wished at. */
export interface ForwardWish {
  /** Its name, or a port of the workspace whether or not the devfile declares it. */
  readonly endpoint: string;
  readonly hostPort?: number;
}

/** `NAME`, `NUMBER`, `NAME=PORT`, `NUMBER=PORT`, several joined by commas. Throws USAGE. */
export function parseForwards(text: string): ForwardWish[] {
  return text.split(',').map((word) => {
    const match = /^([^=]+?)(?:=(\d{1,5}))?$/.exec(word.trim());
    const port = match?.[2] === undefined ? undefined : Number(match[2]);
    if (match?.[1] === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
      throw new AppError('USAGE', `--forward takes NAME, NUMBER or NAME=PORT, not ${JSON.stringify(word)}`);
    }
    return { endpoint: match[1], ...(port === undefined ? {} : { hostPort: port }) };
  });
}

interface ChooseOptions {
  readonly firstPort: number;
  /** Ports of this machine that are promised to endpoints of any workspace. */
  readonly taken: ReadonlySet<number>;
}

/**
 * Gives each endpoint wished for a port of this machine: the one asked for, else the first free one. Throws
 * UNKNOWN_ENDPOINT, USAGE for endpoints that cannot be forwarded, and PORT_IN_USE with who holds it and a free one.
 */
export async function chooseForwards(
  environment: Environment | undefined,
  wishes: readonly ForwardWish[],
  { firstPort, taken }: ChooseOptions,
): Promise<PublishedPort[]> {
  const endpoints = listEndpoints(environment);
  const used = new Set(taken);
  const chosen: PublishedPort[] = [];
  for (const wish of wishes) {
    const { container, endpoint } = findEndpoint(environment, endpoints, wish.endpoint);
    if (endpoint.exposure === 'none') throw refuse(wish, 'its exposure is none, so it is never published');
    if (endpoint.protocol === 'udp') throw refuse(wish, 'UDP cannot be forwarded');
    const hostPort = await choosePort(wish, firstPort, used);
    used.add(hostPort);
    chosen.push({
      endpoint: endpoint.name,
      container,
      port: endpoint.port,
      hostPort,
      exposure: endpoint.exposure === 'public' ? 'public' : 'internal',
      protocol: endpoint.protocol,
      ...(endpoint.path === undefined ? {} : { path: endpoint.path }),
    });
  }
  return chosen;
}

type ForwardedEndpoint = Pick<Endpoint, 'name' | 'port' | 'exposure' | 'protocol' | 'path'>;

interface FoundEndpoint {
  readonly container: string;
  readonly endpoint: ForwardedEndpoint;
}

/** The endpoint of that name, else of that port; a port that no endpoint has stands for itself. Throws UNKNOWN_ENDPOINT. */
function findEndpoint(
  environment: Environment | undefined,
  endpoints: readonly FoundEndpoint[],
  wished: string,
): FoundEndpoint {
  const named = endpoints.find(({ endpoint }) => endpoint.name === wished);
  if (named !== undefined) return named;
  const port = /^\d{1,5}$/.test(wished) ? Number(wished) : 0;
  if (port > 0 && port <= 65_535) {
    // A port by itself is one of the network that containers share.
    const containers = environment?.containers ?? [];
    const container = (containers.find(({ dedicated }) => !dedicated) ?? containers[0])?.name ?? '';
    const undeclared = { name: `port-${port}`, port, exposure: 'internal', protocol: 'tcp' } as const;
    return endpoints.find(({ endpoint }) => endpoint.port === port) ?? { container, endpoint: undeclared };
  }
  const names = endpoints.map(({ endpoint }) => endpoint.name);
  throw new AppError('UNKNOWN_ENDPOINT', `the workspace has no endpoint ${wished}`, {
    hint:
      names.length === 0 ? 'Its devfile declares none; name a port by its number.' : `There are: ${names.join(', ')}.`,
  });
}

function refuse({ endpoint }: ForwardWish, why: string): AppError {
  return new AppError('USAGE', `the endpoint ${endpoint} cannot be forwarded: ${why}`, {
    hint: 'Change the endpoint in the devfile.',
  });
}

async function choosePort(
  { endpoint, hostPort }: ForwardWish,
  firstPort: number,
  used: ReadonlySet<number>,
): Promise<number> {
  if (hostPort === undefined) return findFreePort(firstPort, used);
  if (await isFree(hostPort)) return hostPort;
  const owner = describePortOwner(hostPort) ?? 'another process';
  const free = await findFreePort(Math.max(hostPort + 1, 1024), used);
  throw new AppError('PORT_IN_USE', `port ${hostPort} is held by ${owner}`, {
    hint: `End that process, or take another port: devstead ports --forward ${endpoint}=${free}`,
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES')
        reject(new AppError('USAGE', `port ${port} may only be opened by root`, { hint: 'Take a port from 1024 up.' }));
      else resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
