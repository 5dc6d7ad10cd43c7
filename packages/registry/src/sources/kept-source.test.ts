import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDevfile, TemporaryFolder } from '../make-stacks.fixture.ts';
import { gitSource } from './git-source.ts';
import type { StackSource } from './stack-source.ts';

const minuteMs = 60_000;

describe('a source in Git', () => {
  let repository: TemporaryFolder;
  let home: TemporaryFolder;
  let now = 0;
  let clones = 0;
  let isDown = false;
  beforeEach(() => {
    repository = new TemporaryFolder().write({ 'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0') });
    home = new TemporaryFolder();
    [now, clones, isDown] = [Date.now(), 0, false];
  });
  afterEach(() => {
    repository[Symbol.dispose]();
    home[Symbol.dispose]();
  });

  const open = (maxAgeMs: number): StackSource =>
    gitSource({
      address: 'https://git.example.com/stacks.git',
      name: 'git',
      folder: join(home.path, 'kept'),
      maxAgeMs,
      clock: { now: () => now },
      world: {
        get: () => Promise.reject(new Error('not asked')),
        fetchStarter: () => Promise.reject(new Error('not asked')),
        unpack: () => Promise.reject(new Error('not asked')),
        clone: (_address, target) => {
          clones += 1;
          cpSync(repository.path, target, { recursive: true });
          // A clone that is cut off leaves a part behind.
          return isDown ? Promise.reject(new AppError('PROJECT_FAILED', 'it is down')) : Promise.resolve();
        },
      },
    });
  const list = async (source: StackSource): Promise<readonly string[]> =>
    (await source.read(new AbortController().signal)).stacks.map(({ entry }) => entry.name);

  it('is cloned when what is kept is older than it may be, also by another process', async () => {
    expect(await list(open(5 * minuteMs))).toEqual(['go']);
    repository.write({ 'stacks/rust/devfile.yaml': makeDevfile('rust', '1.0.0') });
    now += 4 * minuteMs;
    expect(await list(open(5 * minuteMs))).toEqual(['go']);
    expect(clones).toBe(1);
    now += 2 * minuteMs;
    expect(await list(open(5 * minuteMs))).toEqual(['go', 'rust']);
    expect(await list(open(Number.POSITIVE_INFINITY))).toEqual(['go', 'rust']);
    expect(clones).toBe(2);
    expect(readdirSync(join(home.path, 'kept')).toSorted()).toEqual(['current', 'fetched', 'previous']);
  });

  it('is read as it was when it cannot be had, and this is said', async () => {
    await list(open(0));
    [isDown, now] = [true, now + minuteMs];
    const content = await open(0).read(new AbortController().signal);
    expect(content.stacks.map(({ entry }) => entry.name)).toEqual(['go']);
    expect(content.diagnostics).toMatchObject([{ code: 'registry.stale', severity: 'warning', message: 'it is down' }]);
    expect(readdirSync(join(home.path, 'kept')).toSorted()).toEqual(['current', 'fetched']);
  });

  it('fails the first time, and leaves nothing half done', async () => {
    isDown = true;
    await expect(list(open(0))).rejects.toThrow('it is down');
    expect(readdirSync(join(home.path, 'kept'))).toEqual([]);
  });
});
