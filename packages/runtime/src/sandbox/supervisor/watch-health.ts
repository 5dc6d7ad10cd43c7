import type { HealthCheck } from '../../plan/container-spec.ts';
import { isAlive } from '../../process/process-table.ts';
import { waitForClose } from '../../process/run-process.ts';
import { addAnswer, type HealthAnswer, readHealth, writeHealth } from '../../state/health-record.ts';
import { listFolder } from '../../state/list-folder.ts';
import type { MadeContainer } from '../../state/made-container.ts';
import { readMadeContainer } from '../../state/made-container.ts';
import { tolerate } from '../../state/tolerate.ts';
import { startExec } from '../exec.ts';
import type { Holder } from '../holder.ts';
import type { SandboxContext } from '../sandbox-context.ts';

export interface HealthWatch {
  /** Looks for containers that came later. */
  readonly refresh: () => void;
  readonly stop: () => Promise<void>;
}

/** Until the first time a check passes it is asked this often, or more often where its own interval is shorter. */
const firstIntervalMs = 500;
const keptOutputBytes = 4096;

/**
 * Asks the health checks of containers: often until they pass for the first time, then at their own interval. What they
 * answer is written down for whoever asks.
 */
export function watchHealth(context: SandboxContext, holder: Holder, log: (line: string) => void): HealthWatch {
  const guards = new Map<string, HealthGuard>();
  const refresh = (): void => {
    for (const name of listFolder(context.paths.containers)) {
      const guard = guards.get(name) ?? new HealthGuard(context, holder, name, log);
      guards.set(name, guard);
      guard.wake();
    }
  };
  refresh();
  return {
    refresh,
    stop: async () => {
      await Promise.all([...guards.values()].map((guard) => guard.stop()));
    },
  };
}

class HealthGuard {
  private readonly context: SandboxContext;
  private readonly holder: Holder;
  private readonly name: string;
  private readonly log: (line: string) => void;
  private readonly end = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(context: SandboxContext, holder: Holder, name: string, log: (line: string) => void) {
    this.context = context;
    this.holder = holder;
    this.name = name;
    this.log = log;
  }

  async stop(): Promise<void> {
    this.end.abort();
    clearTimeout(this.timer);
    await this.work;
  }

  /** Begins to ask, where there is something to ask; when comes next depends on what is known by then. */
  wake(): void {
    const health = this.readMade()?.spec.health;
    if (this.end.signal.aborted || this.timer !== undefined || health === undefined) return;
    const { log = [] } = readHealth(this.context.paths.container(this.name)) ?? {};
    const hasPassed = log.some(({ exitCode }) => exitCode === 0);
    const pause = hasPassed ? health.intervalMs : Math.min(health.intervalMs, firstIntervalMs);
    this.timer = setTimeout(() => {
      this.work = this.ask().finally(() => {
        this.timer = undefined;
        this.wake();
      });
    }, pause);
  }

  private readMade(): MadeContainer | undefined {
    return tolerate(() => readMadeContainer(this.context.paths.container(this.name)));
  }

  private async ask(): Promise<void> {
    const paths = this.context.paths.container(this.name);
    const made = this.readMade();
    const health = made?.spec.health;
    if (made?.init === undefined || health === undefined || made.isPaused === true || !isAlive(made.init)) return;
    const start = new Date().toISOString();
    const { exitCode, output } = await this.run(health);
    // Meanwhile it may have ended, or have been started anew.
    if (this.end.signal.aborted || !isAlive(made.init)) return;
    const answer: HealthAnswer = { start, end: new Date().toISOString(), exitCode, output };
    const before = readHealth(paths);
    const counts = Date.now() - (made.startedAt ?? 0) > health.startPeriodMs;
    const after = addAnswer(before, answer, { retries: health.retries, counts });
    if (after.status !== before?.status) this.log(`${this.name} is ${after.status}`);
    writeHealth(paths, after);
  }

  private async run({ argv, timeoutMs }: HealthCheck): Promise<{ exitCode: number; output: string }> {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = startExec(this.context, this.holder, { container: this.name, argv, hasTerminal: false, stdio });
    let output = '';
    let isLate = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-keptOutputBytes);
      });
    }
    const end = (): void => {
      child.kill('SIGTERM');
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    this.end.signal.addEventListener('abort', end, { once: true });
    try {
      const exitCode = await waitForClose(child, 'health check');
      return isLate ? { exitCode: -1, output: `no answer in ${timeoutMs / 1000} s` } : { exitCode, output };
    } catch (error) {
      return { exitCode: -1, output: error instanceof Error ? error.message : '' };
    } finally {
      clearTimeout(timer);
      this.end.signal.removeEventListener('abort', end);
    }
  }
}
