import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { installPacked } from '../packages/testing/src/install-packed.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The state folder whose images a benchmark uses. */
export const imageState =
  process.env['DEVSTEAD_HOME'] ?? join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'devstead');

/** A copy of a project with a state folder of its own that shares the images, and the product as npm installs it. */
export class BenchStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'devstead-bench-'));
  readonly env: NodeJS.ProcessEnv;
  readonly project: string;
  private readonly program: string;
  private readonly complaints = join(this.folder, 'stderr');

  /** `source`: the project's folder in the repository. */
  constructor(source = 'examples/python-flask-webapp') {
    // Images for a peer are read by ids of the sandbox, which must be able to pass.
    chmodSync(this.folder, 0o755);
    const home = join(this.folder, 'home');
    this.project = join(this.folder, 'project');
    mkdirSync(home, { mode: 0o700 });
    symlinkSync(join(imageState, 'images'), join(home, 'images'));
    cpSync(join(imageState, 'id-map.json'), join(home, 'id-map.json'));
    cpSync(join(repository, source), this.project, { recursive: true });
    this.env = { ...process.env, DEVSTEAD_HOME: home };
    const installed = join(this.folder, 'installed');
    mkdirSync(installed);
    this.program = installPacked(installed);
  }

  devstead(...args: readonly string[]): void {
    execFileSync(this.program, args, {
      cwd: this.project,
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  /** What a command prints on stdout. */
  ask(...args: readonly string[]): string {
    return execFileSync(this.program, args, { cwd: this.project, env: this.env, encoding: 'utf8' });
  }

  /** A command that goes on; its stdout is a pipe. */
  begin(...args: readonly string[]): ChildProcess {
    return spawn(this.program, args, {
      cwd: this.project,
      env: this.env,
      stdio: ['ignore', 'pipe', openSync(this.complaints, 'a')],
    });
  }

  /** The end of what commands that go on have said on stderr. */
  readComplaints(): string {
    return readFileSync(this.complaints, 'utf8').split('\n').slice(-20).join('\n');
  }

  remove(): void {
    this.devstead('down', '--all', '--volumes');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Works with a stack that goes afterwards. What fails first is told, also where the stack cannot be removed after it. */
export async function withStack<Result>(source: string, work: (stack: BenchStack) => Promise<Result>): Promise<Result> {
  const stack = new BenchStack(source);
  let result: Result;
  try {
    result = await work(stack);
  } catch (error) {
    try {
      stack.remove();
    } catch (further) {
      throw new AggregateError([error, further], 'it failed, and what it left cannot be removed', { cause: error });
    }
    throw error;
  }
  stack.remove();
  return result;
}

/** Milliseconds that something takes. */
export async function time(work: () => void | Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The rounds asked for on the command line. */
export function readRounds(fallback: number): number {
  return Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? fallback);
}
