import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../process/process-table.ts';
import { openSocketWay, relayDatagrams } from '../../running/relay-datagrams.ts';
import type { InheritedPort, WorkerOrders } from '../../running/worker.ts';
import { type WorkspacePaths, workspacePaths } from '../../state/paths.ts';
import { tolerate } from '../../state/tolerate.ts';
import { openSandboxContext } from '../sandbox-context.ts';
import { liveHolder, readSandboxState } from '../sandbox-state.ts';
import { chooseNextLook, limitLogs } from './limit-logs.ts';
import { loopback, relayPort } from './relay.ts';
import { restartContainers } from './restart-containers.ts';
import { watchHealth } from './watch-health.ts';

/** What it leads to: a port of the shared network, or of a container’s own. */
type Relay = Omit<InheritedPort, 'container'> & { readonly container?: string };

/** What the supervisor of a workspace is told at its start, as JSON on its standard input. */
export interface SupervisorOrders extends WorkerOrders<Relay> {
  /** It only relays: the helper of a command that publishes one more port. */
  readonly relaysOnly: boolean;
}

const checkIntervalMs = 5000;

/**
 * The process that holds a running workspace: it relays published ports, starts containers again that end, asks for
 * their health, and keeps logs small. It runs in the workspace's network. Nothing is lost with it: `guard.sh` starts another.
 */
export async function supervise(orders: SupervisorOrders): Promise<void> {
  const paths = workspacePaths(orders.folder);
  const found = liveHolder(readSandboxState(paths));
  if (found === undefined) return;
  const context = openSandboxContext({ id: orders.id, name: orders.name, paths }, orders.settings);
  const holder = { ...found, isEntered: found.mode === 'rootless' };
  const log = (line: string): void => {
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  };
  if (!orders.relaysOnly && !(await isRecorded(paths))) return;
  const servers = orders.relays.map((relay) => openRelay(paths, relay));
  const guards = orders.relaysOnly ? [] : [restartContainers(context, holder, log), watchHealth(context, holder, log)];
  await new Promise<void>((resolve) => {
    // Asked again while it ends, it goes on ending.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
    setInterval(() => {
      if (!isAlive(holder) || (!orders.relaysOnly && !isNamed(paths))) resolve();
      else if (!orders.relaysOnly) {
        for (const guard of guards) guard.refresh();
      }
    }, checkIntervalMs);
    if (!orders.relaysOnly) keepLogsSmall(paths);
  });
  for (const server of servers) server.close();
  await Promise.all(guards.map((guard) => guard.stop()));
  process.exit(0);
}

function keepLogsSmall(paths: WorkspacePaths, sinceLastMs?: number): void {
  const nextMs = chooseNextLook(sinceLastMs, sinceLastMs === undefined ? 0 : limitLogs(paths));
  setTimeout(() => keepLogsSmall(paths, nextMs), nextMs);
}

/** A container with a network of its own may come later than its port, and then has an address. */
function openRelay(
  paths: WorkspacePaths,
  { fd, port, container, datagrams }: SupervisorOrders['relays'][number],
): { close(): unknown } {
  const find = container === undefined ? () => loopback : () => findAddresses(paths, container);
  return datagrams === undefined
    ? relayPort({ fd }, port, find)
    : relayDatagrams({ fd, isIpv6: datagrams === 'ipv6' }, openSocketWay(port, find));
}

function findAddresses(paths: WorkspacePaths, container: string): readonly string[] {
  const { networks = {}, sharedNames } = tolerate(() => readSandboxState(paths)) ?? {};
  const own = networks[container];
  if (own !== undefined) return own.cables.map(({ address }) => address);
  return (sharedNames?.includes(container) ?? true) ? loopback : [];
}

/**
 * True as soon as the workspace's state names this supervisor. Whoever started it may have been killed before it wrote
 * that down; then this process is unknown to all others and must not work.
 */
async function isRecorded(paths: WorkspacePaths): Promise<boolean> {
  for (let look = 0; look < 400; look += 1) {
    if (isNamed(paths)) return true;
    await delay(5);
  }
  return false;
}

/** The supervisor is known by the process that guards it. */
function isNamed(paths: WorkspacePaths): boolean {
  return readSandboxState(paths)?.supervisor?.pid === process.ppid;
}
