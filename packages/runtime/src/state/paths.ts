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
  /** The program that it begins as where an engine starts it ahead, and what that waits at. */
  readonly hold: string;
}

/** The paths in a workspace's folder. */
export function workspacePaths(root: string): WorkspacePaths {
  const at = (...parts: readonly string[]): string => join(root, ...parts);
  const containers = new Map<string, ContainerPaths>();
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
    container: (name) => {
      const known = containers.get(name) ?? containerPaths(at('containers', name));
      containers.set(name, known);
      return known;
    },
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
    hold: at('hold'),
  };
}

/**
 * The copy of a mounted file in the container's folder, by the mount's place in the spec. The file itself may lie where
 * the sandbox's root cannot go.
 */
export function fileCopy(index: number): string {
  return `file-${index}`;
}
