import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../plan/keep-alive.ts';
import { isAlive } from '../process/process-table.ts';
import { prepareExec } from './exec.ts';
import type { Holder } from './holder.ts';
import { readImage } from './image-layers.ts';
import { readExitCode, readMadeContainer } from './observe.ts';
import { stagePaths } from './paths.ts';
import { readLogs } from './read-logs.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { startContainer } from './start-container.ts';

interface ReadyStep {
  readonly spec: ContainerSpec;
  readonly timeoutMs: number;
}

/** How often a container is looked at while its checks are asked; an answer is noticed at once. */
const lookEveryMs = 10;

/**
 * Returns as soon as the container passes its checks. A container that ends meanwhile fails at once with its last
 * lines (CONTAINER_FAILED), a service that never answers after the time allowed (NOT_READY).
 */
export async function waitUntilReady(
  context: SandboxContext,
  holder: Holder,
  step: ReadyStep,
  signal: AbortSignal,
): Promise<void> {
  const { spec } = step;
  const init = readMadeContainer(context.paths.container(spec.name))?.init;
  const deadline = performance.now() + step.timeoutMs;
  const look = (): void => {
    signal.throwIfAborted();
    if (init === undefined || !isAlive(init)) throw new ContainerEnded();
    if (performance.now() > deadline) throw notReady(context, step);
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
    await answers.catch(() => undefined);
    if (!(error instanceof ContainerEnded)) throw error;
    await explainEnd(context, holder, spec);
  }
}

class ContainerEnded extends Error {}

/**
 * The checks of a container, each a request that is answered when it is passed: something listens on every port, and
 * then a command succeeds. One process inside the container asks again and again, since starting a process for each
 * question would cost more than the question. It is started while the service itself starts.
 */
function askChecks(context: SandboxContext, holder: Holder, spec: ContainerSpec, signal: AbortSignal): Promise<void>[] {
  const ports = spec.checks.flatMap((check) => (check.type === 'listen' ? [check.port] : []));
  const commands = spec.checks.flatMap((check) => (check.type === 'command' ? [check.argv] : []));
  const network = spec.dedicated === true ? { network: stagePaths.network(spec.name) } : {};
  if (commands.length === 0) return ports.length === 0 ? [] : [listen()];
  return commands.map(ask);

  async function listen(): Promise<void> {
    const request = { order: 'ready', inside: { holder, as: 'caller', ...network }, words: [ports.join(',')] } as const;
    await context.launcher.request(request, signal);
  }

  async function ask(argv: readonly string[]): Promise<void> {
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

function notReady(context: SandboxContext, { spec, timeoutMs }: ReadyStep): AppError {
  const wanted = spec.checks
    .map((check) => (check.type === 'listen' ? `port ${check.port}` : check.argv.join(' ')))
    .join(', ');
  return new AppError('NOT_READY', `${spec.name} is not ready after ${timeoutMs / 1000} s (${wanted})`, {
    details: lastLines(context, spec.name),
  });
}

/**
 * A container that ended: if the environment gives it no program of its own and the image's simply had nothing to do,
 * it is started again to be kept alive; else it failed.
 */
async function explainEnd(context: SandboxContext, holder: Holder, spec: ContainerSpec): Promise<void> {
  const paths = context.paths.container(spec.name);
  const made = readMadeContainer(paths);
  const code = await waitForExitCode(context, spec.name);
  const ranForMs = Date.now() - (made?.startedAt ?? 0);
  if (made === undefined || !endsByDesign(spec, code, ranForMs)) {
    throw new AppError('CONTAINER_FAILED', `${spec.name} ended with code ${code ?? 'unknown'} before it was ready`, {
      details: lastLines(context, spec.name),
      hint: `Read \`devstead logs ${spec.name}\`.`,
    });
  }
  await startContainer(context, holder, {
    spec: keepAlive(spec, endsAtOnce),
    specHash: made.specHash,
    image: readImage(context.settings.stateFolder, spec.imageName),
    isNewLayer: false,
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
