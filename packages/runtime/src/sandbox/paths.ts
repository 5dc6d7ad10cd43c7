import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Where everything of one workspace lies. */
export interface WorkspacePaths {
  readonly root: string;
  readonly record: string;
  readonly environment: string;
  /** Containers that postStop applies. */
  readonly lastJobs: string;
  readonly sandbox: string;
  readonly lock: string;
  readonly events: string;
  readonly supervisorLog: string;
  readonly networkLog: string;
  readonly files: string;
  readonly projects: string;
  /** Where things from outside are fetched until they are whole; no container sees it. */
  readonly staging: string;
  /** Copies of volumes until they are whole. */
  readonly copying: string;
  readonly volumes: string;
  volume(name: string): string;
  container(name: string): ContainerPaths;
  readonly containers: string;
  readonly commandLogs: string;
}

export interface ContainerPaths {
  readonly root: string;
  readonly bundle: string;
  readonly config: string;
  readonly upper: string;
  readonly work: string;
  readonly layer: string;
  /** What the container was made from. */
  readonly made: string;
  /** Files of the run that is on or was last: pid, exit code. */
  readonly run: string;
  readonly pidFile: string;
  readonly exitFile: string;
  /** Held while a start of the container is under way. */
  readonly startLock: string;
  readonly log: string;
  readonly restarts: string;
  /** What its health check answered. */
  readonly health: string;
}

/** The paths in a workspace's folder. */
export function workspacePaths(root: string): WorkspacePaths {
  const at = (...parts: readonly string[]): string => join(root, ...parts);
  return {
    root,
    record: at('workspace.json'),
    environment: at('environment.json'),
    lastJobs: at('last-jobs.json'),
    sandbox: at('sandbox.json'),
    // Not in the folder itself, which goes when the workspace is removed.
    lock: join(dirname(dirname(root)), 'locks', basename(root)),
    events: at('events.jsonl'),
    supervisorLog: at('supervisor.log'),
    networkLog: at('network.log'),
    files: at('files'),
    projects: at('projects'),
    staging: at('staging'),
    copying: at('copying'),
    volumes: at('volumes'),
    volume: (name) => at('volumes', name),
    containers: at('containers'),
    container: (name) => containerPaths(at('containers', name)),
    commandLogs: at('command-logs'),
  };
}

function containerPaths(root: string): ContainerPaths {
  const at = (...parts: readonly string[]): string => join(root, ...parts);
  return {
    root,
    bundle: at('bundle'),
    config: at('bundle', 'config.json'),
    layer: at('layer'),
    upper: at('layer', 'upper'),
    work: at('layer', 'work'),
    made: at('made.json'),
    run: at('run'),
    pidFile: at('run', 'pid'),
    exitFile: at('run', 'exit'),
    startLock: at('run', 'lock'),
    log: at('output.log'),
    restarts: at('restarts.json'),
    health: at('health.json'),
  };
}

/** Below a workspace's `files`: those of a container with a network of its own. */
export function dedicatedFiles(container: string): string {
  return join('dedicated', container);
}

/**
 * Where a workspace's mounts are gathered inside the holder's mount namespace: a tmpfs over a folder that every Linux
 * has and no user keeps files in. It also hides the machine's cgroups, whose layout crun would refuse when it is a mix
 * of both versions.
 */
export const stage = '/sys/fs/cgroup';

export const stagePaths = {
  /** The workspace's folder. */
  workspace: `${stage}/workspace`,
  layers: `${stage}/layers`,
  /** crun's own state: gone with the namespace. */
  crun: `${stage}/crun`,
  roots: `${stage}/roots`,
  root: (container: string) => `${stage}/roots/${container}`,
  networks: `${stage}/networks`,
  /** Keeps the network of a container that has one of its own. */
  network: (container: string) => `${stage}/networks/${container}`,
  folders: `${stage}/folders`,
  /** A folder in a volume that a container has mounted, by the mount's place in its spec. */
  part: (container: string, index: number) => `${stage}/folders/${container}-part-${index}`,
  /** Another source is another place, so that what is mounted there is never an earlier one. */
  folder: (container: string, source: string) =>
    `${stage}/folders/${container}-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`,
} as const;
