import { randomBytes } from 'node:crypto';
import { AppError, exitCode } from '@devstead/kit';
import { executePlan, type Plan, type PreparedOneOff, planOneOffEnd, prepareOneOff } from '@devstead/runtime';
import { runAttached } from '../../attached-process.ts';
import { processOptions } from '../../commands/exec.ts';
import { upLoaded } from '../../commands/up.ts';
import { changeIo, type Io } from '../../io.ts';
import { printSteps } from '../../print-steps.ts';
import { withWorkspaceLock } from '../../select-workspaces.ts';
import { type PullPolicy, pullForUp } from '../../up/pull-for-up.ts';
import { StatusLine } from '../../up/status-line.ts';
import { listServiceContainers, type OpenedProject } from '../open-project.ts';
import { keepScale } from '../scale-services.ts';
import { nameContainer } from '../verbs/showing/name-container.ts';
import { listNeeds, type ProjectOfOneOff } from './open-profiles.ts';

export interface OneOffRequest {
  readonly service: string;
  readonly words: readonly string[];
  readonly name?: string;
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly startsNeeds: boolean;
  readonly publishesPorts: boolean;
  readonly usesTerminal: boolean;
  readonly isAgreed: boolean;
  /** It is found under the names of the service too. */
  readonly keepsAliases?: boolean;
  /** When images are pulled, in place of `pull_policy`. */
  readonly pulls?: PullPolicy;
  /** Containers of services that the project no longer has are removed. */
  readonly removesOrphans?: boolean;
  /** What is started before the command is not told of. */
  readonly isQuiet?: boolean;
  /** The image of a service with a `build` is built also when it is there. */
  readonly builds?: boolean;
  /** The container runs on by itself, and is named on standard output. */
  readonly isDetached?: boolean;
  /** Of one that is detached: it is removed after its end. */
  readonly isPassing?: boolean;
}

/** Another command may be at work on the workspace for as long as this. */
const patienceMs = 60_000;

/**
 * Brings up what a service needs, runs one command in a container made as the service's are, removes the container and
 * returns the command's exit code. Standard output is the command's alone.
 */
export async function runOneOff(io: Io, project: ProjectOfOneOff, request: OneOffRequest): Promise<number> {
  const { service, startsNeeds } = request;
  const { loaded, lasting } = project;
  const { containers } = loaded.environment;
  listServiceContainers(loaded.environment, [service]);
  const shown = request.isQuiet === true ? { ...io.stderr, write: () => undefined } : io.stderr;
  const quiet = changeIo(io, { stdout: shown, stderr: shown });
  const pulling = request.pulls === undefined ? {} : { pulls: request.pulls };
  const shared = containers.find((one) => one.name === service)?.service?.networkOf;
  const without = shared === undefined ? [] : [shared];
  const goingOn = { ...lasting, environment: keepScale(lasting.environment, project.environment) };
  const code = await upLoaded(quiet, goingOn, {
    name: project.workspace.name,
    commands: true,
    output: 'text',
    keepsOrphans: request.removesOrphans !== true,
    ...pulling,
    only: startsNeeds ? listNeeds(containers, service) : without,
    ...(request.isAgreed ? { yes: true } : {}),
  });
  if (code !== exitCode.done) return code;
  const own = containers.filter((one) => one.name === service && one.service?.build !== undefined);
  if (own.length > 0) {
    const { buildServices } = await import('../images/build-services.ts');
    const which = request.builds === true ? 'all' : 'missing';
    await buildServices(quiet, project.settings, loaded.environment, own, { which });
  }
  await pullForUp(quiet, project.settings, loaded.environment, { ...pulling, only: [service], withoutNeeds: true });
  const name = request.name ?? `${service}-run-${randomBytes(6).toString('hex')}`;
  if (request.isDetached === true) {
    await begin(io, project, request, name);
    io.stdout.write(`${nameContainer(loaded.environment.name, name, true)}\n`);
    return exitCode.done;
  }
  try {
    return await runInside(io, project, await begin(io, project, request, name), request);
  } finally {
    await end(io, project, name);
  }
}

/** Starts the container; what its image says is known only when that is there. */
function begin(
  io: Io,
  { loaded, workspace, runtime, settings }: OpenedProject,
  request: OneOffRequest,
  name: string,
): Promise<PreparedOneOff> {
  const { service, words, user, entrypoint, publishesPorts, keepsAliases = false } = request;
  const { isDetached = false, isPassing = false } = request;
  const { env, workingDir } = readProgram(request);
  const prepare = (): Promise<PreparedOneOff> =>
    prepareOneOff(workspace, loaded.environment, runtime, settings, {
      service,
      name,
      words,
      ...(user === undefined ? {} : { user }),
      ...(entrypoint === undefined ? {} : { entrypoint }),
      publishesPorts,
      keepsAliases,
      ...(isDetached ? { detached: { isPassing, env, ...(workingDir === undefined ? {} : { workingDir }) } } : {}),
      readyTimeoutMs: settings.up.timeoutMs,
      signal: io.signal,
    });
  const work = async (): Promise<PreparedOneOff> => {
    const first = await prepare();
    const images = first.plan.steps.filter(({ kind }) => kind.startsWith('image.'));
    if (images.length > 0) await carryOut(io, runtime.runStep, { ...first.plan, steps: images }, io.signal);
    const prepared = images.length > 0 ? await prepare() : first;
    await carryOut(io, runtime.runStep, prepared.plan, io.signal);
    return prepared;
  };
  return withWorkspaceLock(io, workspace, 'compose run', work, patienceMs).finally(() => runtime.release());
}

async function runInside(
  io: Io,
  { runtime }: OpenedProject,
  { spec, argv, ports }: PreparedOneOff,
  request: OneOffRequest,
): Promise<number> {
  const { usesTerminal } = request;
  if (argv.length === 0)
    throw new AppError('USAGE', 'the service has no command of its own', {
      hint: 'Name a program: `devstead compose run SERVICE PROGRAM`.',
    });
  const unpublish = ports.length === 0 ? undefined : await runtime.forwardPorts(ports);
  try {
    const program = readProgram(request);
    return await runAttached(io, runtime, { container: spec.name, argv, output: 'text', usesTerminal, ...program });
  } finally {
    await unpublish?.();
  }
}

function readProgram({ env, workdir }: OneOffRequest): ReturnType<typeof processOptions> {
  return processOptions({ env, ...(workdir === undefined ? {} : { workdir }) });
}

/** Removes the container, whatever became of it. Where that cannot be, the next `up` or `down` does it. */
async function end(io: Io, { workspace, runtime }: OpenedProject, name: string): Promise<void> {
  const isOurs = async (): Promise<boolean> =>
    (await runtime.observe()).containers[name]?.spec?.oneOff?.owner?.pid === process.pid;
  if (!(await isOurs())) return;
  const { signal } = new AbortController();
  try {
    await withWorkspaceLock(
      io,
      workspace,
      'compose run',
      async () => {
        if (await isOurs()) await carryOut(io, runtime.runStep, planOneOffEnd(name), signal);
      },
      patienceMs,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.stderr.write(`  note ${name} is not removed: ${error.message}; the next \`devstead compose up\` does it\n`);
  } finally {
    runtime.release();
  }
}

/** Carries out steps, and shows those that take a while. */
async function carryOut(
  io: Io,
  run: Parameters<typeof executePlan>[1],
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const status = new StatusLine(io);
  const print = printSteps(io);
  const open = new Set<string>();
  try {
    await executePlan(plan, run, {
      clock: io.clock,
      signal,
      onEvent: (event) => {
        if (event.type === 'step.started') {
          open.add(event.stepId);
          status.begin(event.stepId, event.stepId);
        }
        if (event.type === 'step.ended') {
          open.delete(event.stepId);
          status.finish(event.stepId);
        }
        print(event);
      },
    });
  } finally {
    for (const id of open) status.finish(id);
  }
}
