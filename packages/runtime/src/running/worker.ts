import { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { AppError } from '@devstead/kit';
import type { PublishedPort } from '../plan/types.ts';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';
import { spawnProcess } from '../process/run-process.ts';
import { tieToCaller } from '../process/tie-to-caller.ts';
import { waitForEnd } from '../process/wait-for-end.ts';
import { machineProcessEnv } from '../process/workspace-marker.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import { type OpenPort, openPort } from './open-port.ts';

/** A listening socket that a worker inherits, and the port of which container it leads to. */
export interface InheritedPort {
  readonly fd: number;
  readonly port: number;
  readonly container: string;
  /** It is a UDP port, at an address of this kind. */
  readonly datagrams?: 'ipv4' | 'ipv6';
}

/** What every worker is told at its start, as JSON on its standard input. */
export interface WorkerOrders<Relay> {
  readonly id: string;
  readonly name: string;
  /** The workspace's folder. */
  readonly folder: string;
  readonly settings: RuntimeSettings;
  readonly relays: readonly Relay[];
}

interface WorkspaceOfWorker {
  readonly id: string;
  readonly hostname: string;
  readonly paths: WorkspacePaths;
  readonly settings: RuntimeSettings;
}

export interface WorkerStart<Orders> {
  readonly ports: readonly PublishedPort[];
  /** What is run, given the words that run Node.js. */
  readonly command: (node: readonly string[]) => readonly string[];
  /** It ends with this process, whatever ends that; else it outlives it. */
  readonly isTied: boolean;
  readonly describe: (common: Omit<WorkerOrders<InheritedPort>, 'relays'>, relays: readonly InheritedPort[]) => Orders;
  /** Writes down who it is. */
  readonly record?: (worker: ProcessId) => void;
}

/** It holds little: a small heap keeps it from growing. */
const nodeFlags = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=128'];

const firstFd = 3;

/**
 * Starts a process that works for a workspace beside its containers, with its ports already open: whoever connects from
 * now on waits at most until it has started. Throws PORT_IN_USE with the owner's name.
 */
export async function startWorker<Orders>(
  { id, hostname, paths, settings: all }: WorkspaceOfWorker,
  { ports, command, isTied, describe, record = () => undefined }: WorkerStart<Orders>,
): Promise<ProcessId> {
  const { variables: _, ...settings } = all;
  const opened: OpenPort[] = [];
  const log = openSync(paths.supervisorLog, 'a', 0o600);
  try {
    for (const port of ports) opened.push(await openPort(port));
    const argv = command([...(isTied ? tieToCaller() : []), settings.node, ...nodeFlags]);
    const child = spawnProcess(argv, {
      detached: !isTied,
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
    await give(
      child.stdin,
      JSON.stringify(describe({ id, name: hostname, folder: paths.root, settings }, inherit(ports))),
    );
    return found;
  } finally {
    closeSync(log);
    for (const port of opened) port.close();
  }
}

/** Resolves when a process has all of a text, or has ended without it. */
function give(input: Writable | null, text: string): Promise<void> {
  return new Promise((resolve) => {
    input?.on('error', () => resolve());
    if (input === null) resolve();
    else input.end(text, () => resolve());
  });
}

function inherit(ports: readonly PublishedPort[]): InheritedPort[] {
  return ports.map(({ port, container, protocol, hostIp = '' }, index) => ({
    fd: firstFd + index,
    port,
    container,
    ...(protocol === 'udp' ? { datagrams: hostIp.includes(':') ? ('ipv6' as const) : ('ipv4' as const) } : {}),
  }));
}

/** Ends a worker and waits for it, so that it does nothing any more. */
export async function endWorker(worker: ProcessId | undefined): Promise<void> {
  if (worker === undefined) return;
  signalProcess(worker, 'SIGTERM');
  if (await waitForEnd(worker, 10_000)) return;
  signalProcess(worker, 'SIGKILL');
  await waitForEnd(worker, 5000);
}
