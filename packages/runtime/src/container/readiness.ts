import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { type ContainerSpec, hasOwnNetwork } from '../plan/container-spec.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../plan/keep-alive.ts';
import { isToRestart, restartDelayMs } from '../running/restart-policy.ts';
import { addAnswer, writeHealth } from '../state/health-record.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { askUntilGood } from './ask-until-good.ts';
import type { ContainerContext } from './container-context.ts';
import { inspectContainer } from './engine-containers.ts';
import { type HubChannel, openHubChannel } from './hub/hub-channel.ts';
import { containerName, hubName } from './labels.ts';
import { readLogs } from './logs.ts';
import { startContainer, stopContainer } from './start-container.ts';
import { waitForEnd } from './wait-for-end.ts';

interface ReadyStep {
  readonly spec: ContainerSpec;
  readonly specHash?: string;
  readonly timeoutMs: number;
}

const silent: StepReport = { output: () => undefined, note: () => undefined };

/**
 * Returns as soon as the container passes its checks. One that ends meanwhile is started again where it says so, else it
 * fails at once with its last lines (CONTAINER_FAILED); so does a service that never answers after the time allowed
 * (NOT_READY).
 */
export async function waitUntilReady(context: ContainerContext, step: ReadyStep, signal: AbortSignal): Promise<void> {
  const { spec } = step;
  const deadline = performance.now() + timeAllowed(step);
  for (let ends = 1; ; ends += 1) {
    const outcome = await waitForOutcome(context, spec, Math.max(0, deadline - performance.now()), signal);
    if (outcome.type === 'ready') return;
    if (outcome.type === 'late') throw await notReady(context, step, outcome.said);
    const { code } = outcome;
    if (spec.restart !== undefined && spec.health === undefined && code === 0 && !isToRestart(spec.restart, code, 0))
      return;
    const made = readMadeContainer(context.paths.container(spec.name));
    if (made !== undefined && endsByDesign(spec, code, Date.now() - (made.startedAt ?? 0))) {
      const kept = keepAlive(spec, endsAtOnce);
      return startContainer(context, { spec: kept, specHash: made.specHash, isNewLayer: true }, silent, signal);
    }
    const pause = restartDelayMs(ends);
    const restarts = spec.restart !== undefined && isToRestart(spec.restart, code, ends - 1);
    if (!restarts || performance.now() + pause > deadline) throw await endedEarly(context, spec, code);
    await delay(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    await startContainer(context, { spec, specHash: made?.specHash ?? '', isNewLayer: false }, silent, signal);
  }
}

/** A service with a check of its own has as long as that allows before it is called unhealthy. */
function timeAllowed({ spec: { health }, timeoutMs }: ReadyStep): number {
  if (health === undefined) return timeoutMs;
  return health.startPeriodMs + health.retries * (health.intervalMs + health.timeoutMs);
}

type Outcome =
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly code: number }
  | { readonly type: 'late'; readonly said: string };

async function waitForOutcome(
  context: ContainerContext,
  spec: ContainerSpec,
  leftMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const said = { text: '' };
  try {
    const ended = waitForEnd(context, spec.name, end).then((code): Outcome => ({ type: 'ended', code }));
    const ready = passChecks(context, spec, end, said).then((): Outcome => ({ type: 'ready' }));
    const late = delay(leftMs, undefined, { signal: end }).then((): Outcome => ({ type: 'late', said: said.text }));
    for (const one of [ended, ready, late]) one.catch(() => undefined);
    const outcome = await Promise.race([ended, ready.catch((error: unknown) => settle(error, ended, late)), late]);
    signal.throwIfAborted();
    if (outcome.type !== 'ready' || hasAnswered(spec)) return outcome;
    // A program that ends at once was running when it was looked at.
    const container = await inspectContainer(context, containerName(context, spec.name));
    return container?.State.Running === true ? outcome : await ended;
  } finally {
    over.abort();
  }
}

/** True of one whose check has passed: that was a command, which runs only where its container does. */
function hasAnswered({ health, checks }: ContainerSpec): boolean {
  return health !== undefined || checks.some(({ type }) => type === 'command');
}

/** A check fails because its container ends, or cannot be asked at all; then the time allowed goes by. */
async function settle(error: unknown, ended: Promise<Outcome>, late: Promise<Outcome>): Promise<Outcome> {
  if (error instanceof AppError && error.code === 'INTERRUPTED') throw error;
  return Promise.race([ended, late]);
}

async function passChecks(
  context: ContainerContext,
  spec: ContainerSpec,
  signal: AbortSignal,
  said: { text: string },
): Promise<void> {
  const { health } = spec;
  if (health !== undefined) {
    const start = new Date().toISOString();
    const at = context.paths.container(spec.name);
    writeHealth(at, { status: 'starting', failingStreak: 0, log: [] });
    const asker = await context.held.takeAsker(spec.name);
    await askUntilGood(context, spec.name, health.argv, signal, said, asker);
    const answer = { start, end: new Date().toISOString(), exitCode: 0, output: '' };
    writeHealth(at, addAnswer(undefined, answer, { retries: health.retries, counts: true }));
    return;
  }
  const ports = spec.checks.flatMap((check) => (check.type === 'listen' ? [check.port] : []));
  if (ports.length > 0) await waitForPorts(context, spec, ports, signal);
  for (const check of spec.checks) {
    if (check.type === 'command') await askUntilGood(context, spec.name, check.argv, signal, said);
  }
}

const lookEveryMs = 15;

async function waitForPorts(
  context: ContainerContext,
  spec: ContainerSpec,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const { client } = await context.engine();
  await context.hub.need();
  const channel = await openHubChannel(client, hubName(context));
  signal.addEventListener('abort', () => channel.close(), { once: true });
  try {
    if (!hasOwnNetwork(spec) && spec.networkOf === undefined) return await channel.waitForPorts(ports);
    const host = await findAddress(context, spec.networkOf ?? spec.name);
    for (const port of ports) {
      while (!(await canConnect(channel, host, port))) await delay(lookEveryMs, undefined, { signal });
    }
  } finally {
    channel.close();
  }
}

/** Where a container with a network of its own is reached from the hub. */
export async function findAddress(context: ContainerContext, name: string): Promise<string> {
  const container = await inspectContainer(context, containerName(context, name));
  const networks = Object.values(container?.NetworkSettings.Networks ?? {});
  return networks.find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? name;
}

async function canConnect(channel: HubChannel, host: string, port: number): Promise<boolean> {
  try {
    (await channel.connect(host, port)).destroy();
    return true;
  } catch (error) {
    if (error instanceof AppError) throw error;
    return false;
  }
}

/**
 * Waits until a container's program has ended with 0, however long that takes. When it is interrupted, it ends the
 * container. Throws CONTAINER_FAILED.
 */
export async function waitUntilFinished(
  context: ContainerContext,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  let code: number;
  try {
    code = await waitForEnd(context, container, signal);
  } catch (error) {
    if (signal.aborted) await stopContainer(context, container);
    throw error;
  }
  if (code === 0) return;
  throw new AppError('CONTAINER_FAILED', `${container} ended with code ${code}`, {
    details: await lastLines(context, container),
    hint: `Read \`devstead logs ${container}\`.`,
  });
}

/** The end of what a container printed. */
async function lastLines(context: ContainerContext, container: string): Promise<string[]> {
  return (await readLogs(context, { containers: [container], tail: 15 })).map(({ text }) => text);
}

async function endedEarly(context: ContainerContext, { name }: ContainerSpec, code: number): Promise<AppError> {
  return new AppError('CONTAINER_FAILED', `${name} ended with code ${code} before it was ready`, {
    details: await lastLines(context, name),
    hint: `Read \`devstead logs ${name}\`.`,
  });
}

async function notReady(context: ContainerContext, { spec, timeoutMs }: ReadyStep, said: string): Promise<AppError> {
  const wanted =
    spec.health?.argv.join(' ') ??
    spec.checks.map((check) => (check.type === 'listen' ? `port ${check.port}` : check.argv.join(' '))).join(', ');
  const waited = Math.round(timeAllowed({ spec, timeoutMs }) / 100) / 10;
  const answers = said.split('\n').filter((line) => line.trim() !== '');
  return new AppError('NOT_READY', `${spec.name} is not ready after ${waited} s (${wanted})`, {
    details: [...answers.slice(-10).map((line) => `check: ${line}`), ...(await lastLines(context, spec.name))],
  });
}
