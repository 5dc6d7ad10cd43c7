import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import type { ContainerSpec, HealthCheck } from '../plan/container-spec.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../plan/keep-alive.ts';
import { isAlive } from '../process/process-table.ts';
import { isToRestart, restartDelayMs } from '../running/restart-policy.ts';
import { addAnswer, writeHealth } from '../state/health-record.ts';
import { readImage } from '../state/image-records.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { prepareExec } from './exec.ts';
import type { Holder } from './holder.ts';
import { findKnownQuestion } from './known-question.ts';
import { LauncherError, type LauncherRequest } from './launcher.ts';
import { readExitCode } from './observe.ts';
import { readLogs } from './read-logs.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { stagePaths } from './stage-paths.ts';
import { startContainer } from './start-container.ts';

interface ReadyStep {
  readonly spec: ContainerSpec;
  readonly timeoutMs: number;
}

/** How often a container is looked at while its checks are asked; an answer is noticed at once. */
const lookEveryMs = 10;

/**
 * Returns as soon as the container passes its checks. One that ends meanwhile is started again where it says so, else it
 * fails at once with its last lines (CONTAINER_FAILED); so does a service that never answers after the time allowed
 * (NOT_READY).
 */
export async function waitUntilReady(
  context: SandboxContext,
  holder: Holder,
  step: ReadyStep,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeAllowed(step);
  for (let ends = 1; ; ends += 1) {
    try {
      await waitForChecks(context, holder, { ...step, deadline }, signal);
      return;
    } catch (error) {
      if (!(error instanceof ContainerEnded)) throw error;
    }
    const code = await waitForExitCode(context, step.spec.name);
    if (await goOnAfterEnd(context, holder, step.spec, code)) return;
    const pause = restartDelayMs(ends);
    if (!restartsByItself(step.spec, code ?? 1, ends) || performance.now() + pause > deadline)
      throw endedEarly(context, step.spec, code);
    await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    await startAgain(context, holder, step.spec);
  }
}

/** A service with a check of its own has as long as that allows before it is called unhealthy. */
function timeAllowed({ spec: { health }, timeoutMs }: ReadyStep): number {
  if (health === undefined) return timeoutMs;
  return health.startPeriodMs + health.retries * (health.intervalMs + health.timeoutMs);
}

/** A container of a devfile is started again only once it was ready; one that says when, from the start. */
function restartsByItself({ restart }: ContainerSpec, exitCode: number, ends: number): boolean {
  return restart !== undefined && isToRestart(restart, exitCode, ends - 1);
}

async function waitForChecks(
  context: SandboxContext,
  holder: Holder,
  step: ReadyStep & { readonly deadline: number },
  signal: AbortSignal,
): Promise<void> {
  const { spec, deadline } = step;
  const init = readMadeContainer(context.paths.container(spec.name))?.init;
  const look = (): void => {
    signal.throwIfAborted();
    if (init === undefined || !isAlive(init)) throw new ContainerEnded();
    if (performance.now() > deadline) throw new OutOfTime();
  };
  const end = new AbortController();
  const answers = Promise.all(askChecks(context, holder, spec, end.signal));
  answers.catch(() => undefined);
  try {
    look();
    while (!(await Promise.race([answers.then(() => true), delay(lookEveryMs, false)]))) look();
    look();
  } catch (error) {
    end.abort();
    const said = await answers.then(() => '').catch(readSaid);
    if (error instanceof OutOfTime) throw notReady(context, step, said);
    if (!(error instanceof LauncherError)) throw error;
    if (init === undefined || !isAlive(init)) throw new ContainerEnded();
    throw notReady(context, step, said, ': its check cannot be run');
  }
}

class ContainerEnded extends Error {}
class OutOfTime extends Error {}

/** What a check printed the last time it was asked. */
function readSaid(error: unknown): string {
  return error instanceof LauncherError ? error.message.replace(/\n?(?:asked to end|nobody waits)$/, '') : '';
}

/**
 * The checks of a container, each a request that is answered when it is passed: something listens on every port, and
 * then a command succeeds. What a well-known service is asked is asked from outside. For anything else one process inside
 * the container asks again and again, since starting a process for each question would cost more than the question. It is
 * started while the service itself starts.
 */
function askChecks(context: SandboxContext, holder: Holder, spec: ContainerSpec, signal: AbortSignal): Promise<void>[] {
  const ports = spec.checks.flatMap((check) => (check.type === 'listen' ? [check.port] : []));
  const commands = spec.checks.flatMap((check) => (check.type === 'command' ? [check.argv] : []));
  const owner = spec.dedicated === true || spec.networks !== undefined ? spec.name : spec.networkOf;
  const network = owner === undefined ? {} : { network: stagePaths.network(owner) };
  if (spec.health !== undefined) {
    const inside = { holder, as: 'innerRoot', ...network } as const;
    return [askHealth(context, inside, spec.name, spec.health, signal)];
  }
  if (commands.length === 0) return ports.length === 0 ? [] : [listen()];
  return commands.map(ask);

  async function listen(): Promise<void> {
    const request = { order: 'ready', inside: { holder, as: 'caller', ...network }, words: [ports.join(',')] } as const;
    await context.launcher.request(request, signal);
  }

  async function ask(argv: readonly string[]): Promise<void> {
    const question = findKnownQuestion(argv, ports);
    if (question !== undefined) {
      const words = [ports.join(','), question.protocol, String(question.port)];
      const request = { order: 'answering', inside: { holder, as: 'caller', ...network }, words } as const;
      await context.launcher.request(request, signal);
      return;
    }
    const command = prepareExec(context, {
      container: spec.name,
      argv: ['sh', '-c', 'read -r go || exit 0; until "$@" >/dev/null 2>&1 </dev/null; do :; done', 'ready', ...argv],
      hasTerminal: false,
    });
    try {
      const { groups, argv: words } = command;
      const inside = { holder, as: 'innerRoot', ...network } as const;
      const code = await context.launcher.request(
        { order: 'ready', inside, groups, words: [ports.join(','), ...words] },
        signal,
      );
      if (code !== '0')
        throw new AppError('NOT_READY', `the readiness check of ${spec.name} cannot be run (code ${code})`);
    } finally {
      command.forget();
    }
  }
}

/** Asks a container's own health check until it passes, and writes that down. */
async function askHealth(
  context: SandboxContext,
  inside: NonNullable<LauncherRequest['inside']>,
  container: string,
  { argv, timeoutMs, retries }: HealthCheck,
  signal: AbortSignal,
): Promise<void> {
  const start = new Date().toISOString();
  const paths = context.paths.container(container);
  writeHealth(paths, { status: 'starting', failingStreak: 0, log: [] });
  const command = prepareExec(context, { container, argv, hasTerminal: false });
  try {
    const { groups, argv: words } = command;
    const request = { order: 'healthy', inside, groups, words: [String(timeoutMs), ...words] } as const;
    await context.launcher.request(request, signal);
  } finally {
    command.forget();
  }
  const answer = { start, end: new Date().toISOString(), exitCode: 0, output: '' };
  writeHealth(paths, addAnswer(undefined, answer, { retries, counts: true }));
}

/** The error for a container that does not pass its checks; of a health check it is written down that it did not. */
function notReady(context: SandboxContext, { spec, timeoutMs }: ReadyStep, said: string, reason?: string): AppError {
  const { health, name } = spec;
  if (health !== undefined) {
    const now = new Date().toISOString();
    const log = [{ start: now, end: now, exitCode: 1, output: said }];
    writeHealth(context.paths.container(name), { status: 'unhealthy', failingStreak: health.retries, log });
  }
  const wanted =
    health?.argv.join(' ') ??
    spec.checks.map((check) => (check.type === 'listen' ? `port ${check.port}` : check.argv.join(' '))).join(', ');
  const waited = Math.round(timeAllowed({ spec, timeoutMs }) / 100) / 10;
  const answers = said.split('\n').filter((line) => line.trim() !== '');
  const more = health === undefined ? 'allow more time with `--timeout`' : 'its health check says how long it may take';
  return new AppError('NOT_READY', `${name} is not ready${reason ?? ` after ${waited} s`} (${wanted})`, {
    details: [...answers.slice(-10).map((line) => `check: ${line}`), ...lastLines(context, name)],
    hint: `Read \`devstead logs ${name}\`; ${more}.`,
  });
}

/**
 * True when the end of a container is in order: it was to do something and has done it, or the environment gives it no
 * program of its own and the image's simply had nothing to do; then it is started again to be kept alive.
 */
async function goOnAfterEnd(
  context: SandboxContext,
  holder: Holder,
  spec: ContainerSpec,
  code: number | undefined,
): Promise<boolean> {
  if (spec.restart !== undefined && spec.health === undefined && code === 0 && !isToRestart(spec.restart, code, 0))
    return true;
  const made = readMadeContainer(context.paths.container(spec.name));
  if (made === undefined || !endsByDesign(spec, code, Date.now() - (made.startedAt ?? 0))) return false;
  await startAgain(context, holder, keepAlive(spec, endsAtOnce));
  return true;
}

async function startAgain(context: SandboxContext, holder: Holder, spec: ContainerSpec): Promise<void> {
  const made = readMadeContainer(context.paths.container(spec.name));
  await startContainer(context, holder, {
    spec,
    specHash: made?.specHash ?? '',
    image: readImage(context.settings.stateFolder, spec.imageName),
    isNewLayer: false,
  });
}

function endedEarly(context: SandboxContext, { name }: ContainerSpec, code: number | undefined): AppError {
  return new AppError('CONTAINER_FAILED', `${name} ended with code ${code ?? 'unknown'} before it was ready`, {
    details: lastLines(context, name),
    hint: `Read \`devstead logs ${name}\`.`,
  });
}

/** The code a container's program ended with; undefined when its monitor says nothing for a while. */
export async function waitForExitCode(context: SandboxContext, container: string): Promise<number | undefined> {
  const paths = context.paths.container(container);
  const deadline = performance.now() + 2000;
  for (;;) {
    const code = readExitCode(paths);
    if (code !== undefined || performance.now() > deadline) return code;
    await delay(lookEveryMs);
  }
}

/** The end of what a container printed. */
export function lastLines(context: SandboxContext, container: string): string[] {
  return readLogs(context.paths, { containers: [container], tail: 15 }).map(({ text }) => text);
}
