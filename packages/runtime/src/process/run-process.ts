import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';

/** What a finished process left behind. `code` is 128 + signal number when a signal ended it, as shells count. */
export interface ProcessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The whole environment of the process. Default: only PATH, so that nothing of the caller leaks in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** In a session of its own: what the terminal sends to this process's group does not reach it. */
  readonly isDetached?: boolean;
  /** Called with each chunk of output as it comes. */
  readonly onOutput?: (chunk: string, stream: 'stdout' | 'stderr') => void;
  /** How much of each stream is kept, in characters from the end. Default: 1 Mi. */
  readonly keep?: number;
}

/** The PATH our own helper programs are looked up on; user's folders have no say in it. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts a program; a program that does not exist is MACHINE_LACKS. */
export function spawnProcess(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program, ...args] = argv;
  if (program === undefined) throw new AppError('INTERNAL', 'empty command line');
  return spawn(program, args, options);
}

/** The exit code of a child as shells count it, once it has ended and its streams are closed. */
export function waitForClose(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') reject(new AppError('INTERRUPTED', 'interrupted'));
      else if (error.code === 'ENOENT')
        reject(
          new AppError('MACHINE_LACKS', `the program ${program} is not installed`, {
            hint: 'Run `devstead doctor`: it names the package to install.',
          }),
        );
      else reject(new AppError('INTERNAL', `${program} could not be started: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

/** Exit code as shells count it: the code, or 128 + the number of the signal. */
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Runs a program to its end and returns what it printed. A non-zero code is a result, not an error. */
export async function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  options.signal?.throwIfAborted();
  const child = spawnProcess(argv, {
    env: options.env ?? { PATH: systemPath },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: options.isDetached === true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const keep = options.keep ?? 1 << 20;
  const kept = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      kept[stream] = (kept[stream] + chunk).slice(-keep);
      options.onOutput?.(chunk, stream);
    });
  }
  if (options.input !== undefined) {
    // A program that ends without reading its input is no fault: its exit code says how it went.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  }
  const code = await waitForClose(child, argv[0] ?? '');
  return { code, ...kept };
}

/** Like `runProcess`, but a non-zero code is an INTERNAL error that shows the end of what was printed. */
export async function runOrThrow(argv: readonly string[], what: string, options: RunOptions = {}): Promise<string> {
  const result = await runProcess(argv, options);
  if (result.code !== 0) {
    const lines = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-12);
    throw new AppError('INTERNAL', `${what} failed (${argv[0]} ended with ${result.code})`, { details: lines });
  }
  return result.stdout;
}

/**
 * Asks a program to end and returns when it has. The request is repeated, because tini loses a signal that comes before
 * its child has a process group of its own; a program that does not heed it is ended by force after some seconds.
 */
export async function endChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const isOver = ended.then(
    () => true,
    () => true,
  );
  for (let request = 0; request < 50; request += 1) {
    child.kill('SIGTERM');
    if (await Promise.race([isOver, delay(100, false)])) return;
  }
  child.kill('SIGKILL');
  await isOver;
}
