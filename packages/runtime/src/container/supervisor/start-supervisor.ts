import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '@devstead/kit';
import type { PublishedPort } from '../../plan/types.ts';
import { identify, type ProcessId, signalProcess } from '../../process/process-table.ts';
import { spawnProcess } from '../../process/run-process.ts';
import { tieToCaller } from '../../process/tie-to-caller.ts';
import { waitForEnd } from '../../process/wait-for-end.ts';
import { machineProcessEnv } from '../../process/workspace-marker.ts';
import { type OpenPort, openPort } from '../../running/open-port.ts';
import type { ContainerContext } from '../container-context.ts';
import { readContainersState, updateContainersState } from '../workspace-state.ts';
import type { SupervisorOrders } from './orders.ts';

/** Starts the workspace's supervisor with its ports already open. Throws PORT_IN_USE with the owner's name. */
export async function startSupervisor(context: ContainerContext, ports: readonly PublishedPort[]): Promise<void> {
  await spawnWorker(context, 'all', ports, (supervisor) => updateContainersState(context.paths, { supervisor, ports }));
}

/** Starts what carries connections of the workspace to the machine's package index. */
export async function startIndexRelay(context: ContainerContext): Promise<void> {
  await spawnWorker(context, 'index', [], (indexRelay) => updateContainersState(context.paths, { indexRelay }));
}

/** Publishes ports for as long as this process lives. Returns what ends it. */
export async function forwardPorts(
  context: ContainerContext,
  ports: readonly PublishedPort[],
): Promise<() => Promise<void>> {
  const relay = await spawnWorker(context, 'relays', ports, () => undefined);
  return async () => {
    signalProcess(relay, 'SIGTERM');
    await waitForEnd(relay, 5000);
  };
}

async function spawnWorker(
  context: ContainerContext,
  task: SupervisorOrders['task'],
  ports: readonly PublishedPort[],
  record: (worker: ProcessId) => void,
): Promise<ProcessId> {
  const { paths } = context;
  const { variables: _, ...settings } = context.settings;
  const opened: OpenPort[] = [];
  const log = openSync(paths.supervisorLog, 'a', 0o600);
  try {
    for (const port of ports) opened.push(await openPort(port));
    const firstFd = 3;
    const orders: SupervisorOrders = {
      id: context.id,
      name: context.hostname,
      folder: paths.root,
      settings,
      relays: ports.map(({ port, container, protocol, hostIp = '' }, index) => ({
        fd: firstFd + index,
        port,
        container,
        ...(protocol === 'udp' ? { datagrams: hostIp.includes(':') ? ('ipv6' as const) : ('ipv4' as const) } : {}),
      })),
      task,
    };
    const main = fileURLToPath(new URL('./main.mjs', import.meta.url));
    // Relays of a command end with it, whatever ends it.
    const tie = task === 'relays' ? tieToCaller() : [];
    const child = spawnProcess([...tie, settings.node, ...nodeFlags, main], {
      detached: task !== 'relays',
      cwd: '/',
      env: {
        ...machineProcessEnv(paths),
        ...(settings.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: settings.compileCache }),
      },
      stdio: ['pipe', log, log, ...opened.map(({ fd }) => fd)],
    });
    child.once('error', () => undefined);
    child.unref();
    const found = child.pid === undefined ? undefined : identify(child.pid);
    if (found === undefined) throw new AppError('INTERNAL', 'the supervisor could not be started');
    // It is known before it has its orders: without them, because this process was killed meanwhile, it ends.
    record(found);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(orders));
    return found;
  } finally {
    closeSync(log);
    for (const port of opened) port.close();
  }
}

/** It holds little: a small heap keeps it from growing. */
const nodeFlags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=128'];

/** Ends the supervisor and waits for it, so that it starts nothing any more. */
export async function stopSupervisor(context: ContainerContext): Promise<void> {
  await endWorker(readContainersState(context.paths)?.supervisor);
}

/** Ends what works for the workspace beside its containers. */
export async function stopWorkers(context: ContainerContext): Promise<void> {
  const { supervisor, indexRelay } = readContainersState(context.paths) ?? {};
  await Promise.all([endWorker(supervisor), endWorker(indexRelay)]);
}

async function endWorker(worker: ProcessId | undefined): Promise<void> {
  if (worker === undefined) return;
  signalProcess(worker, 'SIGTERM');
  if (await waitForEnd(worker, 10_000)) return;
  signalProcess(worker, 'SIGKILL');
  await waitForEnd(worker, 5000);
}
