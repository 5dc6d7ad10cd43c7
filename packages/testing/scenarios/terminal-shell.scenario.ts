import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import type { RunningDevstead } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const terminal = { rows: 33, columns: 101 };

/** A shell that somebody works at: its answers are told from what is typed by a word that is typed in two parts. */
class Session {
  readonly running: RunningDevstead;
  private count = 0;

  constructor(running: RunningDevstead) {
    this.running = running;
  }

  /** Types a line and returns all that came until the shell was ready for the next one. */
  async enter(line: string): Promise<string> {
    this.count += 1;
    const from = this.running.output.length;
    this.running.type(`${line}\necho do""ne-${this.count}\n`);
    await this.running.waitFor(`done-${this.count}\r\n`);
    // Without what readline tells the terminal about pasting (xterm's mode 2004).
    return this.running.output.slice(from).replace(/\u001b\[\?2004[hl]|\r/g, '');
  }

  /** Presses Ctrl-C and waits until the shell is ready again: what is typed before that is thrown away. */
  async interrupt(): Promise<void> {
    this.running.type('\u0003');
    await this.running.waitFor(/\^C[^^]*[$#] $/);
  }

  /** Types a line that does not end by itself, and waits for its word. */
  async begin(line: string, word: string): Promise<void> {
    this.running.type(`${line}\n`);
    await this.running.waitFor(word);
  }
}

/** Whether a program has a terminal that sends it what is typed (proc(5), /proc/PID/stat: state, pgrp, tpgid). */
function isInFront(line: string): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8') !== `${line.replaceAll(' ', '\0')}\0`) return false;
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', , group, , , inFront] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state !== 'T' && group === inFront;
    } catch {
      // It is no process, or has ended.
      return false;
    }
  });
}

describe('devstead shell at a pseudo-terminal', () => {
  const home = useHome();
  let cwd = '';

  const open = async (prefix: readonly string[] = []): Promise<Session> => {
    const running = home().start(['shell'], { cwd, terminal, prefix });
    await running.waitFor(/[$#] /);
    return new Session(running);
  };

  it('must have the size of the caller’s terminal, and a terminal of its own', async () => {
    cwd = home().copyFixture('commands');
    await home().runWell(['up'], { cwd });
    const shell = await open();
    expect(await shell.enter('stty size; tty; echo "$TERM"')).toMatch(/33 101\n\/dev\/pts\/\d+\nxterm\n/);
    expect(await shell.enter('test -t 0 && test -t 1 && test -t 2 && echo al""l')).toContain('\nall\n');
    shell.running.type('exit\n');
    expect((await shell.running.finished).code).toBe(0);
  });

  it('must follow when the size changes, again and again', async () => {
    const script =
      'for size in 20:70 21:71 22:72; do sleep 1; stty -F /dev/tty rows ${size%:*} cols ${size#*:}; done & "$@"';
    const shell = await open(['sh', '-c', script, 'resize']);
    // One group of processes in front, which Ctrl-C ends as a whole: the shell's own loop outlives it between two commands.
    await shell.begin("sh -c 'while :; do stty size; sleep 0.05; done'", '22 72');
    await shell.interrupt();
    expect(await shell.enter('stty size')).toContain('\n22 72\n');
    shell.running.type('exit\n');
    await shell.running.finished;
  });

  it('must give Ctrl-C to what runs in front, and live on', async () => {
    const shell = await open();
    await shell.begin('echo beg""un; sleep 4321', 'begun\r\n');
    await shell.interrupt();
    expect(await shell.enter('echo "code $?"')).toContain('code 130\n');
    // A line that is half typed is thrown away.
    shell.running.type('exit 77');
    await shell.running.waitFor('exit 77');
    await shell.interrupt();
    expect(await shell.enter('echo here')).toContain('\nhere\n');
    shell.running.type('exit\n');
    expect((await shell.running.finished).code).toBe(0);
  });

  it('must have job control: stop, list, background, foreground, kill', async () => {
    const before = takeInventory(home());
    const shell = await open();
    expect(await shell.enter('set -o | grep monitor')).toMatch(/monitor\s+on/);
    shell.running.type('sleep 4321\n');
    await expect.poll(() => isInFront('sleep 4321')).toBe(true);
    shell.running.type('\u001a');
    await shell.running.waitFor(/Stopped\s+sleep 4321/);
    expect(await shell.enter('jobs')).toMatch(/\[1\]\+\s+Stopped\s+sleep 4321/);
    await shell.enter('bg');
    expect(await shell.enter('jobs')).toMatch(/\[1\]\+\s+Running\s+sleep 4321/);
    await shell.begin('fg; echo "af""ter $?"', 'sleep 4321\r\n');
    await expect.poll(() => isInFront('sleep 4321')).toBe(true);
    await shell.interrupt();
    await shell.enter('sleep 4322 & kill %1; wait %1');
    expect(await shell.enter('jobs')).not.toMatch(/Running|Stopped/);
    shell.running.type('exit\n');
    await shell.running.finished;
    const isProcess = (line: string): boolean => line.startsWith('process ');
    expect(await findRemains(home(), before, (line) => !isProcess(line))).toEqual([]);
  });

  it('must return the code of the shell: of exit, of the last command at the end of input, of a signal', async () => {
    const byExit = await open();
    byExit.running.type('exit 7\n');
    expect((await byExit.running.finished).code).toBe(7);
    const byEnd = await open();
    await byEnd.enter('true');
    byEnd.running.type('(exit 9)\n\u0004');
    expect((await byEnd.running.finished).code).toBe(9);
    const bySignal = await open();
    bySignal.running.type('kill -KILL $$\n');
    expect((await bySignal.running.finished).code).toBe(137);
  });

  it('must give the caller’s terminal back as it was', async () => {
    const script = 'before=$(stty -g); "$@"; [ "$(stty -g)" = "$before" ] && echo same-terminal';
    const shell = await open(['sh', '-c', script, 'compare']);
    await shell.enter('stty -echo raw; stty sane');
    shell.running.type('exit 3\n');
    await shell.running.waitFor('same-terminal');
    await shell.running.finished;
  });
});
