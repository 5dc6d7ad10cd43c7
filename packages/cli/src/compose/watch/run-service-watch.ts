import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { carryOut, planRestart, type Runtime, readLockOwner, takeLock, type Workspace } from '@devstead/runtime';
import type { Io } from '../../io.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';
import { findWatchedServices, type WatchedService } from './find-watched-services.ts';
import { ServiceWatch } from './service-watch.ts';

export interface ServiceWatchRequest {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  readonly environment: Pick<Environment, 'containers' | 'provenance'>;
  /** Empty: all that have rules. */
  readonly services: readonly string[];
  readonly isDry: boolean;
  readonly tell: (event: WatchEvent) => void;
}

/** Another command may be at work on the workspace for as long as this. */
const patienceMs = 60_000;

/**
 * Watches services of a compose project that runs, until the signal. Throws COMPOSE_INVALID where no service has rules,
 * WORKSPACE_LOCKED where another process watches the project.
 */
export async function runServiceWatch(io: Io, request: ServiceWatchRequest): Promise<void> {
  const { workspace, runtime, isDry, tell } = request;
  const services = findWatchedServices(request.environment, request.services);
  const lock = isDry ? undefined : await lockWatch(workspace);
  const restart = (names: readonly string[]): Promise<void> =>
    withWorkspaceLock(
      io,
      workspace,
      'compose watch',
      async () => {
        const plan = planRestart(`restart ${workspace.name}`, await runtime.observe(), names, 'its files changed');
        const { signal } = new AbortController();
        await carryOut(workspace, runtime, plan, { clock: io.clock, signal, onEvent: () => undefined });
      },
      patienceMs,
    );
  try {
    const watch = new ServiceWatch({ runtime, services, restart, rebuild: refuseRebuild(services), isDry, tell });
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

function refuseRebuild(services: readonly WatchedService[]): (names: readonly string[]) => Promise<void> {
  return (names) => {
    const { build } = services.find(({ name }) => names.includes(name)) ?? {};
    const where = `${build?.dockerfile ?? 'Dockerfile'} in ${build?.context ?? '.'}`;
    return Promise.reject(new AppError('CANNOT_APPLY', `${where} is not built here`));
  };
}
