import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { endsAtOnce, endsByDesign, keepAlive } from '../plan/keep-alive.ts';
import { isAlive } from '../process/process-table.ts';
import { endChild, waitForClose } from '../process/run-process.ts';
import { startExec } from './exec.ts';
import type { Holder } from './holder.ts';
import { readImage } from './image-layers.ts';
import { readExitCode, readListeningPorts, readMadeContainer } from './observe.ts';
import { readLogs } from './read-logs.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { startContainer } from './start-container.ts';

interface ReadyStep {
  readonly spec: ContainerSpec;
  readonly timeoutMs: number;
}

/** How often the kernel's tables are looked at; a look takes some tens of microseconds. */
const lookEveryMs = 3;

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
  const deadline = Date.now() + step.timeoutMs;
  const probes = spec.checks.flatMap((check) =>
    check.type === 'command' ? [new Probe(context, holder, spec, check.argv)] : [],
  );
  const look = (): void => {
    signal.throwIfAborted();
    if (init === undefined || !isAlive(init)) throw new ContainerEnded();
    if (Date.now() > deadline) throw notReady(context, step);
  };
  try {
    for (const check of spec.checks) {
      if (check.type === 'listen') await waitForListener(holder, check.port, look);
    }
    for (const probe of probes) await probe.ask(look);
    look();
  } catch (error) {
    if (!(error instanceof ContainerEnded)) throw error;
    await explainEnd(context, holder, spec);
  } finally {
    await Promise.all(probes.map((probe) => probe.end()));
  }
}

class ContainerEnded extends Error {}

async function waitForListener(holder: Holder, port: number, look: () => void): Promise<void> {
  while (!readListeningPorts(holder.pid).has(port)) {
    look();
    await delay(lookEveryMs);
  }
}

/**
 * One process inside the container that asks a service again and again, since starting a process for each question
 * would cost more than the question. It is started while the service itself starts, and begins to ask when it is told.
 */
class Probe {
  private readonly child: ChildProcess;
  private readonly ended: Promise<number>;
  private readonly name: string;
  private isOver = false;

  constructor(context: SandboxContext, holder: Holder, spec: ContainerSpec, argv: readonly string[]) {
    this.name = spec.name;
    this.child = startExec(context, holder, {
      container: spec.name,
      argv: ['sh', '-c', 'read -r go || exit 0; until "$@" >/dev/null 2>&1 </dev/null; do :; done', 'ready', ...argv],
      hasTerminal: false,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.child.stdin?.on('error', () => undefined);
    this.ended = waitForClose(this.child, argv[0] ?? 'probe');
    void this.ended
      .catch(() => undefined)
      .then(() => {
        this.isOver = true;
      });
  }

  /** Returns when the service has answered. */
  async ask(look: () => void): Promise<void> {
    this.child.stdin?.end('go\n');
    while (!this.isOver) {
      look();
      await Promise.race([delay(20), this.ended]);
    }
    look();
    const code = await this.ended;
    if (code !== 0) throw new AppError('NOT_READY', `the readiness check of ${this.name} cannot be run (code ${code})`);
  }

  /** One that was never told to ask ends by itself when nobody can tell it any more. */
  async end(): Promise<void> {
    if (this.isOver) return;
    this.child.stdin?.end();
    await endChild(this.child, this.ended);
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

async function waitForExitCode(context: SandboxContext, container: string): Promise<number | undefined> {
  const paths = context.paths.container(container);
  const deadline = Date.now() + 2000;
  for (;;) {
    const code = readExitCode(paths);
    if (code !== undefined || Date.now() > deadline) return code;
    await delay(lookEveryMs);
  }
}

function lastLines(context: SandboxContext, container: string): string[] {
  return readLogs(context.paths, { containers: [container], tail: 15 }).map(({ text }) => text);
}
