import { fileURLToPath } from 'node:url';
import type { PublishedPort } from '../../plan/types.ts';
import type { ProcessId } from '../../process/process-table.ts';
import { endWorker, startWorker } from '../../running/worker.ts';
import type { ContainerContext } from '../container-context.ts';
import { readContainersState, updateContainersState } from '../workspace-state.ts';
import type { SupervisorOrders } from './orders.ts';

/** Starts the workspace's supervisor with its ports already open. Throws PORT_IN_USE with the owner's name. */
export async function startSupervisor(context: ContainerContext, ports: readonly PublishedPort[]): Promise<void> {
  await start(context, 'all', ports, (supervisor) => updateContainersState(context.paths, { supervisor, ports }));
}

/** Starts what carries connections of the workspace to the machine's package index. */
export async function startIndexRelay(context: ContainerContext): Promise<void> {
  await start(context, 'index', [], (indexRelay) => updateContainersState(context.paths, { indexRelay }));
}

/** Publishes ports for as long as this process lives. Returns what ends it. */
export async function forwardPorts(
  context: ContainerContext,
  ports: readonly PublishedPort[],
): Promise<() => Promise<void>> {
  const relay = await start(context, 'relays', ports);
  return () => endWorker(relay);
}

function start(
  context: ContainerContext,
  task: SupervisorOrders['task'],
  ports: readonly PublishedPort[],
  record?: (worker: ProcessId) => void,
): Promise<ProcessId> {
  return startWorker(context, {
    ports,
    command: (node) => [...node, fileURLToPath(new URL('./main.mjs', import.meta.url))],
    isTied: task === 'relays',
    describe: (common, relays): SupervisorOrders => ({ ...common, relays, task }),
    ...(record === undefined ? {} : { record }),
  });
}

/** Ends the supervisor and waits for it, so that it starts nothing any more. */
export async function stopSupervisor(context: ContainerContext): Promise<void> {
  await endWorker(readContainersState(context.paths)?.supervisor);
}

/** Ends what works for the workspace beside its containers. */
export async function stopWorkers(context: ContainerContext): Promise<void> {
  const { supervisor, indexRelay } = readContainersState(context.paths) ?? {};
  await Promise.all([endWorker(supervisor), endWorker(indexRelay)]);
}
