import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  describeProcess,
  hasEnvironmentEntry,
  identify,
  isAlive,
  isEnding,
  listProcesses,
  namespaceOf,
  type ProcessId,
  readBootId,
  signalProcess,
} from './process-table.ts';

function start(argv: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    // A group of its own, so that its children end with it.
    detached: true,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
    child.stdout?.destroy();
  });
  return child;
}

function identityOf(child: ChildProcess): ProcessId {
  const found = child.pid === undefined ? undefined : identify(child.pid);
  if (found === undefined) throw new Error('the process does not run');
  return found;
}

describe('a process', () => {
  it('is itself as long as it lives', async () => {
    const child = start(['sleep', '60']);
    const found = identityOf(child);
    expect(found.pid).toBe(child.pid);
    expect(isAlive(found)).toBe(true);
    expect(listProcesses()).toContainEqual(found);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(found)).toBe(false);
    expect(identify(found.pid)).toBeUndefined();
  });

  it('is not another one of the same number', () => {
    const found = identityOf(start(['sleep', '60']));
    const earlier = { ...found, start: found.start - 1 };
    expect(isAlive(earlier)).toBe(false);
    signalProcess(earlier, 'SIGKILL');
    expect(isAlive(found)).toBe(true);
  });

  it('can be signalled, also when it has gone', async () => {
    const child = start(['sleep', '60']);
    const found = identityOf(child);
    signalProcess(found, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(() => signalProcess(found, 'SIGTERM')).not.toThrow();
  });

  it('has ended when nobody reaped it yet', async () => {
    // The shell becomes a program that never asks how its child ended.
    const parent = start(['sh', '-c', 'sleep 0.05 & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await expect.poll(() => identify(pid)).toBeUndefined();
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(listProcesses().map((found) => found.pid)).not.toContain(pid);
    expect([pid, parent.pid ?? 0, 2 ** 22 + 1].map(isEnding)).toEqual([true, false, true]);
  });

  it('may have a name with spaces and parentheses', () => {
    const child = start(['bash', '-c', 'exec -a "x) R 1 (" sleep 60']);
    expect(identityOf(child).start).toBeGreaterThan(0);
    expect(identityOf(start(['bash', '-c', 'printf ") Z 1 2" > /proc/self/comm; sleep 60; :'])).start).toBeGreaterThan(
      0,
    );
  });

  it('is described in one harmless line', async () => {
    const child = start(['sh', '-c', 'echo; sleep 60; :', '\u001b[31mred\nline', 'x'.repeat(500)]);
    await once(child.stdout ?? child, 'data');
    const text = describeProcess(child.pid ?? 0);
    expect(text).toMatch(/^sh -c echo; sleep 60; : \?\[31mred\?line x+$/);
    expect(text.length).toBe(120);
    expect(describeProcess(2 ** 22 + 1)).toBe('');
  });

  it('is found by a whole entry of its environment', async () => {
    const child = start(['sh', '-c', 'echo; sleep 60; :'], { MARKER: '/state/shop-1', OTHER: 'x' });
    await once(child.stdout ?? child, 'data');
    const pid = child.pid ?? 0;
    expect(hasEnvironmentEntry(pid, 'MARKER=/state/shop-1')).toBe(true);
    for (const entry of ['MARKER=/state/shop', 'MARKER=/state/shop-1/', 'ARKER=/state/shop-1', 'MARKER']) {
      expect(hasEnvironmentEntry(pid, entry)).toBe(false);
    }
    expect(hasEnvironmentEntry(2 ** 22 + 1, 'MARKER=/state/shop-1')).toBe(false);
  });
});

describe('the machine', () => {
  it('tells which processes share a namespace', () => {
    expect(namespaceOf(process.pid, 'net')).toMatch(/^net:\[\d+\]$/);
    expect(namespaceOf(start(['sleep', '60']).pid ?? 0, 'net')).toBe(namespaceOf(process.pid, 'net'));
    expect(namespaceOf(2 ** 22 + 1, 'net')).toBeUndefined();
  });

  it('has one id a boot', () => {
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(readBootId()).toBe(readBootId());
  });
});
