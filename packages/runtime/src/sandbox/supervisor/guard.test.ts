import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const guard = fileURLToPath(new URL('./guard.sh', import.meta.url));

/** Programs of processes that have a text in their environment. */
function listProcesses(text: string): string[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.flatMap((number) => {
    try {
      if (!readFileSync(`/proc/${number}/environ`, 'utf8').includes(text)) return [];
      return [readFileSync(`/proc/${number}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      // It has ended, or is somebody else's.
      return [];
    }
  });
}

describe('guard.sh', () => {
  let folder = '';
  let running: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guard-'));
    // What the guard does first takes long enough to be met in it.
    writeFileSync(join(folder, 'date'), '#!/bin/sh\nsleep 0.1\nexec /bin/date "$@"\n');
    chmodSync(join(folder, 'date'), 0o755);
  });
  afterEach(() => {
    // Its group: whatever it started and left.
    if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function start(orders: string, supervisor = 'exec sleep infinity'): ChildProcess {
    running = spawn('sh', [guard, 'sh', '-c', supervisor, 'supervisor'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: `${folder}:/usr/bin:/bin` },
      detached: true,
    });
    running.stdin?.end(orders);
    return running;
  }

  it.each([20, 50, 80, 99, 100, 101, 102, 103, 105, 110, 150])('ends when it is asked to after %d ms', async (ms) => {
    const child = start('{}');
    let left: string[] | undefined;
    child.once('exit', () => {
      left = listProcesses(folder);
    });
    const ended = once(child, 'exit');
    await delay(ms);
    child.kill('SIGTERM');
    expect((await ended).some((how) => how === 0 || how === 'SIGTERM')).toBe(true);
    // They would have the sockets, and keep their ports from the next one.
    expect(left).toEqual([]);
  });

  it('ends when it is asked to while it waits to start the supervisor again', async () => {
    // The third pause has no end, the others none that is worth it.
    writeFileSync(
      join(folder, 'sleep'),
      '#!/bin/sh\n[ "$1" != 5 ] || exec /bin/sleep infinity\nexec /bin/sleep 0.01\n',
    );
    chmodSync(join(folder, 'sleep'), 0o755);
    const child = start('{}', 'exit 3');
    const ended = once(child, 'exit');
    while (!listProcesses(folder).some((line) => line.startsWith('/bin/sleep infinity'))) await delay(10);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(listProcesses(folder)).toEqual([]);
  });

  it('ends without orders', async () => {
    expect(await once(start(''), 'exit')).toEqual([0, null]);
  });
});
