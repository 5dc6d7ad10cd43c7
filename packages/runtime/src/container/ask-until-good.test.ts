import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopOf } from './ask-until-good.ts';

interface Asked {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything it prints until it ends. */
  readonly printed: Promise<string>;
  /** How often it has asked. */
  readonly count: () => number;
  readonly folder: string;
}

/** Runs the loop in a shell of this machine with a check of one line, which finds `$0` to be a folder of its own. */
function ask(shell: string, check: string, pause?: number): Asked {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-ask-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'asked'), '');
  const [, ...words] = loopOf(['sh', '-c', `echo >>"$0/asked"; ${check}`, folder], pause);
  const child = spawn(shell, words);
  child.stdin.write('\n');
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const printed = once(child, 'close').then(() => text);
  return { child, printed, folder, count: () => readFileSync(join(folder, 'asked'), 'utf8').length };
}

/** Longer than any test: whoever waits for it waits for nothing else. */
const forever = 1_000_000;

describe.each(['dash', 'bash'])('the loop that asks a check, in %s', (shell) => {
  it('ends after the first good answer, with a null byte', async () => {
    const { printed, count } = ask(shell, 'true');
    expect(await printed).toBe('\0');
    expect(count()).toBe(1);
  });

  it('prints what every bad answer said, also on standard error', async () => {
    const { printed } = ask(
      shell,
      'if [ -e "$0/once" ]; then exit 0; fi; : >"$0/once"; echo out; echo err >&2; exit 3',
    );
    expect(await printed).toBe('out\nerr\n\0');
  });

  it('asks again after a pause though nothing new listens', async () => {
    const { printed, folder, count } = ask(shell, '[ -e "$0/good" ]');
    while (count() < 3) await delay(5);
    writeFileSync(join(folder, 'good'), '');
    expect(await printed).toMatch(/^\n+\0$/);
  });

  it('asks again as soon as something new listens', async () => {
    const { printed, folder, count } = ask(shell, '[ -e "$0/good" ]', forever);
    while (count() === 0) await delay(5);
    writeFileSync(join(folder, 'good'), '');
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    expect(await printed).toMatch(/^\n+\0$/);
  });

  it('asks soon again what listens and is not ready yet', async () => {
    const { printed, count } = ask(shell, '[ "$(wc -l <"$0/asked")" -ge 4 ]', forever);
    while (count() === 0) await delay(5);
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    expect(await printed).toMatch(/^\n+\0$/);
  });

  it('asks nothing before it is told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'devstead-ask-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [, ...words] = loopOf(['sh', '-c', ': >"$0/asked"', folder]);
    const child = spawn(shell, words);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends when nobody waits for it any more', async () => {
    const { child, printed } = ask(shell, 'false');
    child.stdin.end();
    expect(await printed).not.toContain('\0');
  });
});
