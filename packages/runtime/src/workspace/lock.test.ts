import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { readLockOwner, takeLock } from './lock.ts';

/** A process that tries to take the lock when a byte comes, says how it went, and then only waits. */
function startTaker(path: string): ChildProcess {
  const module = new URL('lock.ts', import.meta.url).href;
  const script = `
    import { takeLock } from ${JSON.stringify(module)};
    process.stdout.write('ready');
    process.stdin.once('data', async () => {
      const lock = await takeLock(${JSON.stringify(path)}, 'up');
      process.stdout.write(lock === undefined ? 'taken' : 'mine');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function hear(child: ChildProcess): Promise<string> {
  const [data] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return data.toString();
}

describe('a lock', () => {
  it('is held by one, until it gives it back', async () => {
    const path = join(makeTemporaryFolder(), 'locks', 'shop-1');
    const lock = await takeLock(path, 'up');
    expect(lock).toBeDefined();
    expect(await takeLock(path, 'down')).toBeUndefined();
    expect(readLockOwner(path)).toMatchObject({ pid: process.pid, action: 'up' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock?.release();
    expect(existsSync(path)).toBe(false);
    expect(readLockOwner(path)).toBeUndefined();
    const next = await takeLock(path, 'down');
    expect(readLockOwner(path)).toMatchObject({ action: 'down' });
    next?.release();
  });

  it('has nothing to do with that of another path', async () => {
    const folder = makeTemporaryFolder();
    const locks = await Promise.all(['a', 'b'].map((name) => takeLock(join(folder, name), 'up')));
    expect(locks.every((lock) => lock !== undefined)).toBe(true);
    for (const lock of locks) lock?.release();
  });

  it('names no owner that has ended, and none that cannot be read', () => {
    const folder = makeTemporaryFolder();
    const path = join(folder, 'shop-1');
    for (const text of [`{"pid":${process.pid},"start":1,"action":"up"}`, '{}', '{"pi', '']) {
      writeFileSync(path, text);
      expect(readLockOwner(path)).toBeUndefined();
    }
    mkdirSync(join(folder, 'a-folder'));
    expect(readLockOwner(join(folder, 'a-folder'))).toBeUndefined();
  });

  it('goes to exactly one of 20 processes, and is free again when that one is killed', async () => {
    const path = join(makeTemporaryFolder(), 'shop-1');
    const takers = Array.from({ length: 20 }, () => startTaker(path));
    await Promise.all(takers.map(hear));
    const answers = Promise.all(takers.map(hear));
    for (const taker of takers) taker.stdin?.write('x');
    const heard = await answers;
    expect(heard.filter((answer) => answer === 'mine')).toHaveLength(1);
    expect(heard.filter((answer) => answer === 'taken')).toHaveLength(19);
    const holder = takers[heard.indexOf('mine')];
    expect(readLockOwner(path)?.pid).toBe(holder?.pid);
    expect(await takeLock(path, 'up')).toBeUndefined();
    holder?.kill('SIGKILL');
    await once(holder ?? takers[0]!, 'exit');
    expect(readLockOwner(path)).toBeUndefined();
    const lock = await takeLock(path, 'up');
    expect(lock).toBeDefined();
    lock?.release();
  });
});
