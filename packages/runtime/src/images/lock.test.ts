import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('withLock', () => {
  it('lets one work at a time', async () => {
    const file = join(folder, 'one');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
      return inside;
    };
    expect(await Promise.all([1, 2, 3].map(() => withLock(file, undefined, work)))).toEqual([0, 0, 0]);
    expect(most).toBe(1);
  });

  it('is free again after work that failed', async () => {
    const file = join(folder, 'failed');
    await expect(withLock(file, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, undefined, async () => 'done')).toBe('done');
  });

  it('ends waiting when interrupted', async () => {
    const file = join(folder, 'interrupted');
    await withLock(file, undefined, async () => {
      const waiting = withLock(file, AbortSignal.timeout(50), async () => 'held');
      await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    });
  });

  it('is free again when its holder was killed', async () => {
    const file = join(folder, 'killed');
    const module = new URL('lock.ts', import.meta.url).href;
    const program = `import { withLock } from '${module}';
      await withLock(${JSON.stringify(file)}, undefined, () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)); });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    expect(await withLock(file, undefined, async () => 'done')).toBe('done');
  });
});
