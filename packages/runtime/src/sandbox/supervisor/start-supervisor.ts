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
import type { Holder } from '../holder.ts';
import { type SandboxContext } from '../sandbox-context.ts';
import { readSandboxState, updateSandboxState } from '../sandbox-state.ts';
import type { SupervisorOrders } from './supervise.ts';

/**
 * Starts the workspace's supervisor with its ports already open: whoever connects from now on waits at most until the
 * supervisor has started. Throws PORT_IN_USE with the owner's name.
 */
export async function startSupervisor(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
): Promise<void> {
  await spawnRelay(context, holder, ports, false, (supervisor) => {
    updateSandboxState(context.paths, { supervisor, ports });
  });
}

/** Publishes ports for as long as this process lives: for `run debug` and `ports --forward`. Returns what ends it. */
export async function forwardPorts(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
): Promise<() => Promise<void>> {
  const relay = await spawnRelay(context, holder, ports, true);
  return async () => {
    signalProcess(relay, 'SIGTERM');
    await waitForEnd(relay, 5000);
  };
}

async function spawnRelay(
  context: SandboxContext,
  holder: Holder,
  ports: readonly PublishedPort[],
  relaysOnly: boolean,
  record: (relay: ProcessId) => void = () => undefined,
): Promise<ProcessId> {
  const { paths, idMap } = context;
  const { variables: _, ...settings } = context.settings;
  const { sharedNames } = readSandboxState(paths) ?? {};
  const opened: OpenPort[] = [];
  const log = openSync(paths.supervisorLog, 'a', 0o600);
  try {
    for (const port of ports) opened.push(await openPort(port));
    const firstFd = 3;
    const orders: SupervisorOrders = {
      id: context.id,
      folder: paths.root,
      name: context.hostname,
      settings,
      relays: ports.map(({ port, container, protocol, hostIp = '' }, index) => {
        const isShared = sharedNames?.includes(container) ?? true;
        return {
          fd: firstFd + index,
          port,
          ...(protocol === 'udp' ? { datagrams: hostIp.includes(':') ? ('ipv6' as const) : ('ipv4' as const) } : {}),
          ...(isShared ? {} : { container }),
        };
      }),
      relaysOnly,
    };
    const program = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
    const node = [settings.node, ...nodeFlags];
    const user = idMap.mode === 'rootless' ? ['-U', '-S', '0', '-G', '0'] : [];
    // Relays of a command end with it, whatever ends it; the supervisor of a workspace outlives its own end.
    const argv = relaysOnly ? [...tieToCaller(), ...node, program('main.mjs')] : ['sh', program('guard.sh'), ...node];
    const child = spawnProcess(['nsenter', '-t', String(holder.pid), '-n', ...user, '--', ...argv], {
      detached: !relaysOnly,
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
    // Not in its command line: settings hold proxies and indexes that may have passwords in them.
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
export async function stopSupervisor(context: SandboxContext): Promise<void> {
  const supervisor = readSandboxState(context.paths)?.supervisor;
  if (supervisor === undefined) return;
  signalProcess(supervisor, 'SIGTERM');
  if (await waitForEnd(supervisor, 10_000)) return;
  signalProcess(supervisor, 'SIGKILL');
  await waitForEnd(supervisor, 5000);
}
