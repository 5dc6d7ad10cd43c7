import { existsSync, readFileSync } from 'node:fs';
import type { ContainerSpec, OneOff } from '../plan/container-spec.ts';
import type { Observed, ObservedContainer } from '../plan/types.ts';
import { identify, isAlive } from '../process/process-table.ts';
import { isProjectThere } from '../projects/is-project-there.ts';
import { readHealth } from '../state/health-record.ts';
import { listFolder } from '../state/list-folder.ts';
import { readMadeContainer } from '../state/made-container.ts';
import type { ContainerPaths, WorkspacePaths } from '../state/paths.ts';
import { readRestarts } from '../state/restart-record.ts';
import { tolerate } from '../state/tolerate.ts';
import { type DedicatedNetwork, liveHolder, readSandboxState, type SandboxState } from './sandbox-state.ts';

/**
 * Looks at a workspace: its files, which of the processes they name are alive, and which of the projects asked for are
 * there. Changes nothing.
 */
export function observeWorkspace(
  paths: WorkspacePaths,
  images: Readonly<Record<string, string>>,
  clonePaths: readonly string[] = [],
): Observed {
  const state = tolerate(() => readSandboxState(paths));
  const isRunning = liveHolder(state) !== undefined;
  const isSupervised = isRunning && state?.supervisor !== undefined && isAlive(state.supervisor);
  const networks = isRunning ? state?.networks : undefined;
  return {
    isSandboxRunning: isRunning,
    containers: Object.fromEntries(
      listFolder(paths.containers).flatMap((name) => {
        const found = observeContainer(paths.container(name), isRunning);
        return found === undefined ? [] : [[name, found]];
      }),
    ),
    volumes: listFolder(paths.volumes),
    images,
    publishedPorts: isSupervised
      ? Object.fromEntries((state?.ports ?? []).map((port) => [port.endpoint, port.hostPort]))
      : {},
    isConnected:
      isRunning && (state?.networkProblem !== undefined || (state?.network !== undefined && isAlive(state.network))),
    connectedContainers: Object.entries(networks ?? {}).flatMap(([name, own]) => (hasOutlet(own) ? [name] : [])),
    isSupervised,
    isIndexRelayed: isRunning && hasIndexRelays(state?.indexRelays),
    finishedEvents: isRunning ? (state?.finishedEvents ?? []) : [],
    projects: clonePaths.filter((path) => isProjectThere(paths.projects, path)),
    hasRemains: existsSync(paths.sandbox) && !isRunning,
  };
}

function hasOutlet({ process, problem }: DedicatedNetwork): boolean {
  return problem !== undefined || (process !== undefined && isAlive(process));
}

/** True when every relay that there is to be is there. */
function hasIndexRelays(relays: SandboxState['indexRelays'] = []): boolean {
  return relays.length > 0 && relays.every(({ process }) => process !== undefined && isAlive(process));
}

function observeContainer(paths: ContainerPaths, isSandboxRunning: boolean): ObservedContainer | undefined {
  if (!existsSync(paths.made)) return undefined;
  const made = tolerate(() => readMadeContainer(paths));
  const spec: ContainerSpec | undefined = made?.spec;
  const restarts = tolerate(() => readRestarts(paths))?.count ?? 0;
  const isRunning = isSandboxRunning && made?.init !== undefined && isAlive(made.init);
  const common = {
    specHash: made?.specHash ?? '',
    imageDigest: made?.imageDigest ?? '',
    ...(spec === undefined ? {} : { spec }),
    ...(made?.layerSince === undefined ? {} : { layerSince: made.layerSince }),
    ...(spec?.oneOff !== undefined && isAbandoned(spec.oneOff, isRunning) ? { isAbandoned: true as const } : {}),
    restarts,
  };
  if (isRunning) {
    const { startedAt, isEnding, isPaused } = made;
    const health = spec?.health === undefined ? undefined : (tolerate(() => readHealth(paths))?.status ?? 'starting');
    return {
      ...common,
      state: 'running',
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(health === undefined ? {} : { health }),
      ...(isEnding === undefined ? {} : { isEnding }),
      ...(isPaused === undefined ? {} : { isPaused }),
    };
  }
  const exitCode = readExitCode(paths);
  return exitCode === undefined || !isSandboxRunning
    ? { ...common, state: 'stopped' }
    : { ...common, state: 'exited', exitCode };
}

function isAbandoned({ owner, isPassing }: OneOff, isRunning: boolean): boolean {
  return owner === undefined ? isPassing === true && !isRunning : !isAlive(owner);
}

/** The exit code that conmon wrote, once it has. */
export function readExitCode(paths: ContainerPaths): number | undefined {
  try {
    const text = readFileSync(paths.exitFile, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Local TCP ports on which something in a process's network accepts connections (proc(5), /proc/net/tcp). */
export function readListeningPorts(pid: number): Set<number> {
  const ports = new Set<number>();
  for (const file of ['tcp', 'tcp6']) {
    let text = '';
    try {
      text = readFileSync(`/proc/${pid}/net/${file}`, 'utf8');
    } catch {
      if (identify(pid) === undefined) return ports;
    }
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      if (state === '0A') ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
    }
  }
  return ports;
}
