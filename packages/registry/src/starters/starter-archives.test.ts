import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../make-stacks.fixture.ts';
import type { StarterReference } from '../types.ts';
import { StarterArchives } from './starter-archives.ts';

const hourMs = 60 * 60_000;
const starter: StarterReference = { name: 'hello', git: { remotes: { origin: 'https://git.example.com/hello.git' } } };

describe('StarterArchives', () => {
  let folder: TemporaryFolder;
  let now = 0;
  let fetched: StarterReference[] = [];
  let isDown = false;
  let archives: StarterArchives;
  beforeEach(() => {
    folder = new TemporaryFolder();
    [now, fetched, isDown] = [Date.now(), [], false];
    archives = new StarterArchives({
      folder: join(folder.path, 'kept'),
      limits: { bytes: 2 ** 20, files: 2 },
      clock: { now: () => now },
      world: {
        get: () => Promise.reject(new Error('not asked')),
        clone: () => Promise.reject(new Error('not asked')),
        unpack: () => Promise.reject(new AppError('ARCHIVE_REFUSED', 'a bomb')),
        fetchStarter: async (reference, target) => {
          fetched.push(reference);
          await Promise.resolve();
          if (isDown) throw new AppError('PROJECT_FAILED', 'it is down');
          mkdirSync(target);
          writeFileSync(join(target, 'main.go'), 'package main\n');
          return target;
        },
      },
    });
  });
  afterEach(() => folder[Symbol.dispose]());

  const content = () => ({ devfileName: 'devfile.yaml', devfile: '', starters: [], files: [], folder: folder.path });
  const find = (reference: StarterReference = starter) => archives.find(content(), reference);

  it('are fetched once for all who ask at the same time, and again after an hour', async () => {
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map(({ path }) => path)).size).toBe(1);
    await find();
    expect(fetched).toHaveLength(1);
    now += 2 * hourMs;
    await find();
    expect(fetched).toHaveLength(2);
  });

  it('are kept as many as may be, those used last', async () => {
    const name = (one: string): StarterReference => ({ ...starter, name: one });
    const paths = new Map<string, string>();
    for (const one of ['a', 'b', 'a', 'c']) {
      paths.set(one, (await find(name(one))).path);
      now += 1000;
    }
    const kept = readdirSync(join(folder.path, 'kept')).map((file) => join(folder.path, 'kept', file));
    expect(new Set(kept)).toEqual(new Set([paths.get('a'), paths.get('c')]));
    expect(fetched.map((one) => one.name)).toEqual(['a', 'b', 'c']);
  });

  it('are not kept in the way of what a maker left that was killed', async () => {
    const stage = join(folder.path, 'kept', '.starter-old');
    mkdirSync(stage, { recursive: true });
    now += 3 * hourMs;
    const { path } = await find();
    expect(readdirSync(join(folder.path, 'kept')).map((file) => join(folder.path, 'kept', file))).toEqual([path]);
  });

  it('are there when their source is down', async () => {
    const { path } = await find();
    const bytes = readFileSync(path);
    [isDown, now] = [true, now + 2 * hourMs];
    expect(readFileSync((await find()).path)).toEqual(bytes);
  });

  it('are refused when their source is down the first time, and nothing is left', async () => {
    isDown = true;
    await expect(find()).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
    expect(readdirSync(join(folder.path, 'kept'))).toEqual([]);
  });

  it.each(['..', 'a/../..', 'a/.GIT/hooks', 'a\\b'])('have no folder %j', async (subDir) => {
    await expect(find({ ...starter, subDir })).rejects.toMatchObject({ code: 'STARTER_REFUSED' });
    expect(fetched).toEqual([]);
  });

  it('have their folder as plain words', async () => {
    await find({ ...starter, subDir: './src//web/' });
    expect(fetched).toMatchObject([{ subDir: 'src/web' }]);
  });

  it.each(['../hello.zip', 'none.zip'])('are not taken from %s', async (location) => {
    await expect(find({ name: 'hello', zip: { location } })).rejects.toMatchObject({ code: 'STARTER_REFUSED' });
  });

  it('are made of a folder of the stack, anew when that has changed', async () => {
    folder.write({ 'hello/a.txt': 'one' });
    const reference = { name: 'hello', zip: { location: 'hello.zip' } };
    const before = readFileSync((await find(reference)).path);
    folder.write({ 'hello/a.txt': 'two' });
    expect(readFileSync((await find(reference)).path)).not.toEqual(before);
    expect(fetched).toEqual([]);
  });

  it('are those that a mirror has put beside the devfile, judged as any other', async () => {
    folder.write({ 'hello-offline.zip': 'nothing of the kind' });
    await expect(find()).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
    expect(fetched).toEqual([]);
  });
});
