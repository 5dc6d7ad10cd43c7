import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { indexFolder, indexPort, indexSocket } from '../../index-service/index-place.ts';
import { spawnProcess } from '../../process/run-process.ts';
import { type OpenWay, relayDatagrams } from '../../running/relay-datagrams.ts';
import { workspacePaths } from '../../state/paths.ts';
import { type ContainerContext, openContainerContext } from '../container-context.ts';
import { inspectContainer } from '../engine-containers.ts';
import { endAbandonedFreeze } from '../freeze-containers.ts';
import { type HubChannel, type HubConnection, openHubChannel } from '../hub/hub-channel.ts';
import { hubName } from '../labels.ts';
import { findAddress } from '../readiness.ts';
import { readContainersState } from '../workspace-state.ts';
import { endAbandonedExecs } from './end-abandoned-execs.ts';
import type { SupervisorOrders } from './orders.ts';
import { guardContainers } from './restart-containers.ts';

const lookEveryMs = 2000;

/**
 * The process that holds a running workspace at an engine: it relays published ports, starts containers again that end,
 * asks for their health. Nothing is lost with it: the next command starts another. It ends with the workspace's hub.
 */
export async function supervise(orders: SupervisorOrders): Promise<void> {
  const context = openContainerContext({ ...orders, paths: workspacePaths(orders.folder) }, orders.settings);
  const log = (line: string): void => {
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  };
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  if (orders.task !== 'relays' && !(await isRecorded(context, orders.task))) process.exit(0);
  const hub = new HubLine(context);
  const servers = orders.relays.map((relay) => openRelay(context, hub, relay));
  const guards = orders.task === 'all' ? guardContainers(context, log, end.signal) : undefined;
  const index = orders.task === 'index' ? carryIndex(context, hub, end.signal) : undefined;
  index?.catch((error: unknown) => log(String(error)));
  while (!end.signal.aborted) {
    await delay(lookEveryMs, undefined, { signal: end.signal }).catch(() => undefined);
    if (end.signal.aborted) break;
    if (orders.task === 'all') {
      for (const mend of [endAbandonedExecs, endAbandonedFreeze])
        await mend(context).catch((error: unknown) => log(String(error)));
    }
    if (await isOver(context, orders.task)) break;
    guards?.refresh();
  }
  end.abort();
  for (const server of servers) server.close();
  await guards?.stop();
  process.exit(0);
}

/** True as soon as the workspace's state names this process: else it is unknown to all others and must not work. */
async function isRecorded(context: ContainerContext, task: SupervisorOrders['task']): Promise<boolean> {
  for (let look = 0; look < 400; look += 1) {
    if (isNamed(context, task)) return true;
    await delay(5);
  }
  return false;
}

function isNamed({ paths }: ContainerContext, task: SupervisorOrders['task']): boolean {
  const state = readContainersState(paths);
  return (task === 'index' ? state?.indexRelay : state?.supervisor)?.pid === process.pid;
}

/** The hub is gone, or another process does this work. An engine that does not answer may come back. */
async function isOver(context: ContainerContext, task: SupervisorOrders['task']): Promise<boolean> {
  if (task !== 'relays' && !isNamed(context, task)) return true;
  try {
    const hub = await inspectContainer(context, hubName(context));
    return hub?.State.Running !== true;
  } catch {
    context.close();
    return false;
  }
}

/** The way into the workspace's network, opened when it is first needed and again when it broke. */
class HubLine {
  private readonly context: ContainerContext;
  private channel: Promise<HubChannel> | undefined;

  constructor(context: ContainerContext) {
    this.context = context;
  }

  open(): Promise<HubChannel> {
    this.channel ??= this.context.engine().then(async ({ client }) => {
      const channel = await openHubChannel(client, hubName(this.context));
      void channel.closed.then(() => {
        this.channel = undefined;
      });
      return channel;
    });
    this.channel.catch(() => {
      this.channel = undefined;
    });
    return this.channel;
  }
}

/** How many connections one port carries at a time; more are closed at once instead of using up the machine. */
const connectionLimit = 1024;

function openRelay(
  context: ContainerContext,
  hub: HubLine,
  relay: SupervisorOrders['relays'][number],
): { close(): void } {
  const { fd, datagrams } = relay;
  if (datagrams !== undefined)
    return relayDatagrams({ fd, isIpv6: datagrams === 'ipv6' }, openHubWay(context, hub, relay));
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    client.pause();
    void reach(context, hub, relay)
      .then((target) => carryBoth(client, target))
      .catch(() => client.destroy());
  });
  server.maxConnections = connectionLimit;
  server.listen({ fd });
  return server;
}

async function reach(
  context: ContainerContext,
  hub: HubLine,
  relay: SupervisorOrders['relays'][number],
): Promise<HubConnection> {
  const [channel, host] = await Promise.all([hub.open(), findTarget(context, relay)]);
  return channel.connect(host, relay.port);
}

/** Where the hub finds a container. */
async function findTarget(
  context: ContainerContext,
  { container }: SupervisorOrders['relays'][number],
): Promise<string> {
  const isShared = readContainersState(context.paths)?.names.includes(container) === true;
  return isShared ? 'localhost' : findAddress(context, container);
}

/** Ways of datagrams through the hub; one is looked for with its first datagram. */
function openHubWay(context: ContainerContext, hub: HubLine, relay: SupervisorOrders['relays'][number]): OpenWay {
  return (answer, gone) => {
    const target = findTarget(context, relay).then(async (host) => {
      const connection = await (await hub.open()).openDatagrams(host, relay.port);
      connection.onData = answer;
      connection.onClose = gone;
      return connection;
    });
    target.catch(gone);
    const use = (work: (connection: HubConnection) => void): void => void target.then(work).catch(() => undefined);
    return {
      send: (question) => use((connection) => void connection.write(question)),
      close: () => use((connection) => connection.destroy()),
    };
  };
}

/** Carries everything between a socket of the machine and one of the workspace. */
function carryBoth(client: Socket, target: HubConnection): void {
  target.onData = (part) => void client.write(part);
  target.onEnd = () => void client.end();
  // What came before still goes out.
  target.onClose = () => client.destroySoon();
  client.on('data', (part: Buffer) => {
    if (target.write(part)) return;
    client.pause();
    setImmediate(() => client.resume());
  });
  client.on('end', () => target.end());
  client.on('close', () => target.destroy());
  client.resume();
}

const patienceMs = 30_000;

/** Carries connections to the package index of the machine, which the first of them starts. */
async function carryIndex(context: ContainerContext, hub: HubLine, signal: AbortSignal): Promise<void> {
  const { settings } = context;
  const folder = indexFolder(settings.stateFolder);
  const place = join(folder, indexSocket);
  let isStarting = false;
  const startIndex = (): void => {
    const relay = settings.index?.relay;
    const [program] = relay?.command ?? [];
    if (isStarting || relay === undefined || program === undefined) return;
    isStarting = true;
    const env = Object.fromEntries(relay.env.map(({ name, value }) => [name, value]));
    const child = spawnProcess(relay.command, { detached: true, cwd: '/', env, stdio: 'ignore' });
    const over = (): void => {
      isStarting = false;
    };
    child.once('exit', over);
    child.once('error', over);
    child.unref();
  };
  const take = async (connection: HubConnection): Promise<void> => {
    const early: Buffer[] = [];
    connection.onData = (part) => early.push(part);
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline && !signal.aborted; ) {
      const socket = await connectTo(place);
      if (socket !== undefined) {
        carryBoth(socket, connection);
        for (const part of early) socket.write(part);
        return;
      }
      startIndex();
      await delay(50);
    }
    connection.destroy();
  };
  while (!signal.aborted) {
    try {
      const channel = await hub.open();
      await channel.listen('0.0.0.0', indexPort, (connection) => void take(connection));
      await channel.closed;
    } catch {
      // The engine may be coming back.
    }
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
}

/** Nothing where nobody listens. */
function connectTo(place: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: place, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
