import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How `bin/devstead` is called. */
export interface DevsteadCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which then ends. Absent: nothing to read. */
  readonly input?: string;
  /** Runs it at a pseudo-terminal of this size; both streams then come as `stdout`, and `input` is what is typed. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** Program to run in front of it, with its words, for example to become another user. */
  readonly prefix?: readonly string[];
  /** Default: the one of this repository. */
  readonly program?: string;
  /** It is killed when it takes longer. Default: two minutes. */
  readonly timeoutMs?: number;
}

export interface Finished {
  /** As shells count: 128 + the signal's number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const devsteadProgram = fileURLToPath(new URL('../../../bin/devstead', import.meta.url));

/** `bin/devstead` as it runs. */
export class RunningDevstead {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  private readonly said = { stdout: '', stderr: '' };
  private isOver = false;

  constructor(call: DevsteadCall) {
    const [program = '', ...args] = commandLine(call);
    const isTyped = call.terminal !== undefined;
    this.child = spawn(program, args, {
      cwd: call.cwd,
      env: isTyped ? { TERM: 'xterm', ...call.env, SHELL: '/bin/sh' } : { ...call.env },
      stdio: [call.input === undefined && !isTyped ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this.said[stream] += text;
      });
    }
    this.child.stdin?.on('error', () => undefined);
    if (call.input !== undefined) {
      this.child.stdin?.write(call.input);
      if (!isTyped) this.child.stdin?.end();
    }
    const { timeoutMs = 120_000 } = call;
    const watch = setTimeout(() => {
      this.said.stderr += `\n[killed after ${timeoutMs / 1000} s]\n`;
      this.child.kill('SIGKILL');
    }, timeoutMs);
    this.finished = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.isOver = true;
        clearTimeout(watch);
        resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), ...this.said });
      });
    });
    this.finished.catch(() => undefined);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('devstead could not be started');
    return this.child.pid;
  }

  get stdout(): string {
    return this.said.stdout;
  }

  get stderr(): string {
    return this.said.stderr;
  }

  get output(): string {
    return this.said.stdout + this.said.stderr;
  }

  /** Sends keys to the pseudo-terminal. */
  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Waits until its output has the text; throws with all it said when it ends or the time is over first. */
  async waitFor(text: string | RegExp, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const isThere = typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
      if (isThere) return;
      if (this.isOver || Date.now() > deadline) throw new Error(`${String(text)} never came; it said:\n${this.output}`);
      await delay(10);
    }
  }
}

function commandLine(call: DevsteadCall): readonly string[] {
  const words = [...(call.prefix ?? []), call.program ?? devsteadProgram, ...call.args];
  if (call.terminal === undefined) return words;
  const { rows, columns } = call.terminal;
  // script(1) makes the terminal, returns the program's exit code and passes on what is typed.
  const line = `stty rows ${rows} cols ${columns}; exec ${words.map(quote).join(' ')}`;
  return ['script', '--quiet', '--return', '--command', line, '/dev/null'];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
