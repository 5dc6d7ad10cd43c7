import { fileURLToPath } from 'node:url';
import type { PublishedPort } from '../../plan/types.ts';
import type { ProcessId } from '../../process/process-table.ts';
import { endWorker, startWorker } from '../../running/worker.ts';
import type { Holder } from '../holder.ts';
import { type SandboxContext } from '../sandbox-context.ts';
import { readSandboxState, updateSandboxState } from '../sandbox-state.ts';
import type { SupervisorOrders } from './supervise.ts';

/** Starts the workspace's supervisor with its ports already open. Throws PORT_IN_USE with the owner's name. */
export async function startSupervisor(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
): Promise<void> {
  await start(context, holder, ports, false, (supervisor) => {
    updateSandboxState(context.paths, { supervisor, ports });
  });
}

/** Publishes ports for as long as this process lives: for `run debug` and `ports --forward`. Returns what ends it. */
export async function forwardPorts(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
): Promise<() => Promise<void>> {
  const relay = await start(context, holder, ports, true);
  return () => endWorker(relay);
}

function start(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
  relaysOnly: boolean,
  record?: (worker: ProcessId) => void,
): Promise<ProcessId> {
  const { sharedNames } = readSandboxState(context.paths) ?? {};
  const program = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
  const user = context.idMap.mode === 'rootless' ? ['-U', '-S', '0', '-G', '0'] : [];
  const enter = ['nsenter', '-t', String(holder.pid), '-n', ...user, '--'];
  return startWorker(context, {
    ports,
    command: (node) => [
      ...enter,
      ...(relaysOnly ? [...node, program('main.mjs')] : ['sh', program('guard.sh'), ...node]),
    ],
    isTied: relaysOnly,
    describe: (common, relays): SupervisorOrders => ({
      ...common,
      relays: relays.map(({ container, ...relay }) =>
        sharedNames?.includes(container) === false ? { ...relay, container } : relay,
      ),
      relaysOnly,
    }),
    ...(record === undefined ? {} : { record }),
  });
}

/** Ends the supervisor and waits for it, so that it starts nothing any more. */
export async function stopSupervisor(context: SandboxContext): Promise<void> {
  await endWorker(readSandboxState(context.paths)?.supervisor);
}
