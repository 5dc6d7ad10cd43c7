import { AppError, exitCode } from '@devstead/kit';
import { changeIo, type Io } from '../../io.ts';
import { renderError } from '../../render-error.ts';
import { selectNeeded } from '../../up/build-for-up.ts';
import { listServiceContainers, type OpenedProject } from '../open-project.ts';
import { takeDown } from '../verbs/changing/define-down.ts';
import { stopServices } from '../verbs/changing/stop-services.ts';
import { type Attachment, attachToServices, type Ended, listEnded } from './attach-services.ts';

/** What of `up` without `--detach` is shown, and what ends it. */
export interface AttachedOptions {
  /** The services that were asked for; empty: all. */
  readonly services: readonly string[];
  /** Only these of them. */
  readonly attach?: readonly string[];
  /** Not these. */
  readonly noAttach?: readonly string[];
  /** Those that the services need are shown too. */
  readonly attachesNeeds: boolean;
  readonly endsAt?: Attachment['endsAt'];
  /** The service whose exit code is ours. */
  readonly codeFrom?: string;
  readonly graceMs?: number;
  readonly hasTimes: boolean;
  readonly isNamed: boolean;
  readonly hasColour: boolean;
  /** What goes on meanwhile, once all is started; with it containers that have ended end nothing. */
  readonly findBeside?: () => Promise<void> | undefined;
}

/** The containers whose lines are shown. Throws UNKNOWN_CONTAINER. */
export function listShown(project: OpenedProject, options: AttachedOptions): readonly string[] {
  const { environment } = project.loaded;
  const { services, attach = [], noAttach = [], attachesNeeds } = options;
  const needed = attachesNeeds ? listWithNeeds(project, services) : services;
  const chosen = listServiceContainers(environment, attach.length > 0 ? attach : needed);
  const silent = new Set(noAttach.length === 0 ? [] : listServiceContainers(environment, noAttach));
  return chosen.filter((name) => !silent.has(name));
}

/**
 * Starts a project, shows what it prints, and ends it at Ctrl-C or as it is asked. Returns the exit code: of the container that
 * ended it, or of the service that is asked for.
 */
export async function runAttached(
  io: Io,
  project: OpenedProject,
  start: () => Promise<number>,
  options: AttachedOptions,
): Promise<number> {
  const { workspace, runtime, loaded } = project;
  const shown = listShown(project, options);
  const started = listServiceContainers(loaded.environment, listWithNeeds(project, options.services));
  const { endsAt, codeFrom, hasTimes, isNamed, hasColour, graceMs } = options;
  const attachment = {
    shown,
    sinceMs: io.clock.now(),
    hasTimes,
    isNamed,
    hasColour,
    ...(endsAt === undefined ? {} : { endsAt }),
  };
  const attach = async (names: readonly string[]): Promise<Ended | undefined> => {
    const over = new AbortController();
    const beside = changeIo(io, { signal: AbortSignal.any([io.signal, over.signal]) });
    const meanwhile = options.findBeside?.()?.finally(() => over.abort());
    const isOpen = meanwhile !== undefined;
    const of = isOpen ? beside : io;
    const [found] = await Promise.all([
      attachToServices(of, workspace, runtime, loaded.environment, { ...attachment, started: names, isOpen }),
      meanwhile,
    ]);
    return found;
  };
  let ended: Ended | undefined;
  try {
    const code = await start();
    if (code !== exitCode.done) return code;
    ended = await attach(started);
  } catch (error) {
    // What was started to end may have ended before the rest was ready.
    const early = endsAt === undefined ? undefined : await findEarlyEnd(project, started, error);
    if (early === undefined) throw error;
    io.stderr.write(renderError(error as AppError, io));
    ended = await attach([early.container]);
    ended ??= early;
  }
  const change = graceMs === undefined ? {} : { graceMs };
  if (io.signal.aborted) {
    await takeDown(io, project, { isKept: true, ...change });
    return exitCode.interrupted;
  }
  if (ended === undefined) return exitCode.done;
  const code = codeFrom === undefined ? ended.exitCode : await readCode(io, project, codeFrom, change);
  await takeDown(io, project, { isKept: true, ...change });
  return code;
}

async function findEarlyEnd(
  { runtime }: OpenedProject,
  started: readonly string[],
  error: unknown,
): Promise<Ended | undefined> {
  if (!(error instanceof AppError) || error.code !== 'CONTAINER_FAILED') return undefined;
  const observed = await runtime.observe();
  return listEnded(observed, started).find(({ container }) => observed.containers[container]?.state === 'exited');
}

/** The exit code of a service's first container, which is ended first where it runs. */
async function readCode(
  io: Io,
  project: OpenedProject,
  service: string,
  change: { readonly graceMs?: number },
): Promise<number> {
  const [name = service] = listServiceContainers(project.loaded.environment, [service]);
  const find = async (): Promise<Ended | undefined> => listEnded(await project.runtime.observe(), [name])[0];
  if ((await find()) === undefined) await stopServices(io, project, [name], change);
  return (await find())?.exitCode ?? exitCode.bad;
}

/** Services and what they need, directly or not; all where none is named. */
function listWithNeeds({ loaded }: OpenedProject, services: readonly string[]): readonly string[] {
  const named = services.length === 0 ? undefined : services;
  return selectNeeded(loaded.environment, named, false).map(({ name }) => name);
}
