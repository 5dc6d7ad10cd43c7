import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { throwIfInterrupted } from './lock.ts';

export interface StepOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of output as it comes; one that is very long comes in parts. */
  readonly onLine?: (line: string) => void;
  /** Its output is only for `onLine`: it may be without end, and is not returned. */
  readonly isStreamed?: boolean;
  /** Writes the step's standard input and ends it. Its failure ends the step and is thrown, unless the step failed first. */
  readonly feed?: (input: Writable) => Promise<void>;
  /** Reads the step's standard output, as bytes, to its end. Its failure ends the step and is thrown. */
  readonly drain?: (output: Readable) => Promise<void>;
}

/** A line is not waited for any longer, in characters. */
const longestPart = 64 * 1024;

/**
 * Runs a step of a build to its end and returns what it printed on stdout. Throws IMAGE_BUILD_FAILED with the last
 * lines of both streams, INTERRUPTED when aborted (once the step has ended).
 */
export async function runBuildStep(argv: readonly string[], what: string, options: StepOptions): Promise<string> {
  throwIfInterrupted(options.signal);
  const child = spawnProcess(argv, {
    env: { PATH: systemPath, LC_ALL: 'C.UTF-8', ...options.env },
    stdio: [options.feed === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // Only KILL reaches the processes inside: `unshare` waits for its child through the gentler signals.
  const kill = (): void => void child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill);
  const output: string[] = [];
  const lastLines: string[] = [];
  for (const stream of options.drain === undefined ? [child.stdout, child.stderr] : [child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      if (stream === child.stdout && options.isStreamed !== true) output.push(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestPart) {
        lines.push(rest);
        rest = '';
      }
      for (const line of lines.filter((one) => one.trim() !== '')) {
        if (!/^(dl|pm)status:/.test(line)) lastLines.push(line);
        options.onLine?.(line);
      }
      lastLines.splice(0, lastLines.length - 15);
    });
  }
  const fed = feedChild(child, options.feed);
  const drained = drainChild(child, options.drain);
  const code = await waitForClose(child, argv[0] ?? '').finally(() =>
    options.signal?.removeEventListener('abort', kill),
  );
  throwIfInterrupted(options.signal);
  const failure = (await fed) ?? (await drained);
  if (failure !== undefined) throw failure;
  if (code !== 0) {
    throw new AppError('IMAGE_BUILD_FAILED', `${what} failed (code ${code})`, { details: lastLines });
  }
  return output.join('');
}

/** Feeds a child; a failure ends it and is returned. That the child went away is no failure: its exit code says why. */
async function feedChild(child: ChildProcess, feed: StepOptions['feed']): Promise<unknown> {
  const input = child.stdin;
  if (feed === undefined || input === null) return undefined;
  let isGone = false;
  input.on('error', () => {
    isGone = true;
  });
  try {
    await feed(input);
    return undefined;
  } catch (error) {
    if (isGone) return undefined;
    child.kill('SIGKILL');
    return error;
  }
}

async function drainChild(child: ChildProcess, drain: StepOptions['drain']): Promise<unknown> {
  if (drain === undefined || child.stdout === null) return undefined;
  try {
    await drain(child.stdout);
    return undefined;
  } catch (error) {
    child.kill('SIGKILL');
    return error;
  }
}
