import { AppError } from '@devstead/kit';
import {
  carryOut,
  listDown,
  type ObservedContainer,
  type Plan,
  planHold,
  planRestart,
  type Runtime,
  readLockOwner,
  readRecordedEnvironment,
  takeLock,
  type Workspace,
} from '@devstead/runtime';
import { upLoaded } from '../../commands/up.ts';
import type { Io } from '../../io.ts';
import type { LoadedEnvironment } from '../../load-environment.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import type { Settings } from '../../settings.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';
import { buildServices } from '../images/build-services.ts';
import { keepScale } from '../scale-services.ts';
import { findWatchedServices } from './find-watched-services.ts';
import { ServiceWatch, type ServiceWatchPlan } from './service-watch.ts';

export interface ServiceWatchRequest {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly settings: Settings;
  readonly loaded: LoadedEnvironment;
  /** Empty: all that have rules. */
  readonly services: readonly string[];
  readonly isDry: boolean;
  /** How images are built is not shown. */
  readonly isQuiet?: boolean;
  readonly tell: (event: WatchEvent) => void;
  /** The services are being started until then. */
  readonly started?: Promise<unknown>;
}

/** Another command may be at work on the workspace for as long as this. */
const patienceMs = 60_000;

/**
 * Watches services of a compose project that runs, until the signal. Throws COMPOSE_INVALID where no service has rules,
 * WORKSPACE_LOCKED where another process watches the project.
 */
export async function runServiceWatch(io: Io, request: ServiceWatchRequest): Promise<void> {
  const { workspace, runtime, isDry, tell } = request;
  const services = findWatchedServices(request.loaded.environment, request.services);
  const lock = isDry ? undefined : await lockWatch(workspace);
  try {
    const { started } = request;
    const starting = started === undefined ? {} : { started };
    const rebuild = makeRebuild(io, request);
    const restarts = makeRestarts(io, workspace, runtime);
    const watch = new ServiceWatch({ runtime, services, ...restarts, rebuild, isDry, tell, ...starting });
    await watch.run(io.signal);
  } finally {
    lock?.release();
  }
}

/** Two that restart the same services would undo each other's work. */
async function lockWatch(workspace: Workspace): Promise<{ release(): void }> {
  const path = `${workspace.paths.lock}.compose-watch`;
  const lock = await takeLock(path, 'compose watch');
  if (lock !== undefined) return lock;
  const owner = readLockOwner(path);
  const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
  throw new AppError('WORKSPACE_LOCKED', `${who} watches ${workspace.name} already`);
}

/** Starts containers anew as they were made, and before, those that do not run, with nothing of their own to run. */
function makeRestarts(
  io: Io,
  workspace: Workspace,
  runtime: Runtime,
): { readonly hold: ServiceWatchPlan['hold']; readonly restart: ServiceWatchPlan['restart'] } {
  const held = new Map<string, ObservedContainer>();
  const carryOutPlan = async (plan: Plan): Promise<void> => {
    const { signal } = new AbortController();
    await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: () => undefined });
  };
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    withWorkspaceLock(io, workspace, 'compose watch', work, patienceMs);
  return {
    hold: (names) =>
      alone(async () => {
        const observed = await runtime.observe();
        const down = listDown(observed, names);
        for (const [name, container] of Object.entries(observed.containers))
          if (down.includes(name)) held.set(name, container);
        await carryOutPlan(planHold(`hold ${workspace.name}`, observed, down, 'its files are brought in'));
      }),
    restart: (names) =>
      alone(async () => {
        const observed = await runtime.observe();
        await carryOutPlan(planRestart(`restart ${workspace.name}`, observed, names, 'its files changed', held));
        for (const name of names) held.delete(name);
      }),
  };
}

/** Builds images of services, and starts those anew whose image is another one then. */
function makeRebuild(
  io: Io,
  { workspace, settings, loaded, isQuiet = false }: ServiceWatchRequest,
): (names: readonly string[]) => Promise<void> {
  const progress: Io = { ...io, stdout: io.stderr, ...(isQuiet ? silence(io) : {}) };
  return async (names) => {
    const { environment } = loaded;
    const services = environment.containers.filter(({ name }) => names.includes(name));
    await buildServices(progress, settings, environment, services, { which: 'all' });
    const common = { name: workspace.name, commands: true, output: 'text' as const, keepsOrphans: true };
    const before = readRecordedEnvironment(workspace);
    const goingOn = { ...loaded, environment: keepScale(environment, before) };
    await upLoaded(progress, goingOn, { ...common, builds: 'none', only: names });
  };
}

/** Streams that lead nowhere. */
export function silence({ stderr }: Io): Pick<Io, 'stdout' | 'stderr'> {
  const nowhere = { isTerminal: false, hasColour: false, columns: stderr.columns, write: () => undefined };
  return { stdout: nowhere, stderr: nowhere };
}
