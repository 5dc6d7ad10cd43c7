import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remember, stampFolders } from './remember.ts';
import { makeTemporaryFolder } from './state/temporary-folder.fixture.ts';

/** Makes values one after the other: 1, 2, 3. */
function counter(): () => Promise<{ readonly count: number }> {
  let count = 0;
  return async () => {
    count += 1;
    return { count };
  };
}

describe('a value that is remembered', () => {
  it('is made once a stamp', async () => {
    const file = join(makeTemporaryFolder(), 'cache', 'deep', 'value.json');
    const make = counter();
    expect(await remember(file, 'one', make)).toEqual({ count: 1 });
    expect(await remember(file, 'one', make)).toEqual({ count: 1 });
    expect(await remember(file, 'two', make)).toEqual({ count: 2 });
    expect(await remember(file, 'two', make)).toEqual({ count: 2 });
    expect(await remember(file, 'one', make)).toEqual({ count: 3 });
  });

  it('is for nobody else to read', async () => {
    const file = join(makeTemporaryFolder(), 'cache', 'value.json');
    await remember(file, 'one', counter());
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(statSync(join(file, '..')).mode & 0o077).toBe(0);
  });

  it.each(['', '{"stamp":"one","value":{"cou', 'null', '[]', '{}', '{"value":{"count":9}}'])(
    'is made anew when its file holds %j',
    async (text) => {
      const file = join(makeTemporaryFolder(), 'value.json');
      writeFileSync(file, text);
      const make = counter();
      expect(await remember(file, 'one', make)).toEqual({ count: 1 });
      expect(await remember(file, 'one', make)).toEqual({ count: 1 });
    },
  );

  it('is made each time where nothing can be written', async () => {
    const folder = makeTemporaryFolder();
    // Nobody, root included, can make a folder below a file, or a file in the place of a folder.
    writeFileSync(join(folder, 'taken'), 'mine');
    mkdirSync(join(folder, 'folder'));
    for (const file of [join(folder, 'taken', 'value.json'), join(folder, 'folder')]) {
      const make = counter();
      expect(await remember(file, 'one', make)).toEqual({ count: 1 });
      expect(await remember(file, 'one', make)).toEqual({ count: 2 });
    }
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine');
  });

  it('is not kept when it cannot be made', async () => {
    const file = join(makeTemporaryFolder(), 'value.json');
    const failure = new Error('no');
    await expect(remember(file, 'one', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await remember(file, 'one', counter())).toEqual({ count: 1 });
  });
});

describe('the stamp of a folder', () => {
  const past = 1_000_000;

  function makeTree(): string {
    const folder = makeTemporaryFolder();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'a'), 'text', { mode: 0o644 });
    writeFileSync(join(folder, 'sub', 'b'), 'text', { mode: 0o644 });
    for (const name of ['a', 'sub/b', 'sub']) utimesSync(join(folder, name), past, past);
    return folder;
  }

  it('is the same as long as nothing is written', () => {
    const folder = makeTree();
    const stamp = stampFolders([folder], 'more');
    expect(stamp).toMatch(/^[0-9a-f]{64}$/);
    readFileSync(join(folder, 'a'));
    expect(stampFolders([folder], 'more')).toBe(stamp);
  });

  it.each<[string, (at: (name: string) => string) => void]>([
    ['a file gets another content', (at) => writeFileSync(at('sub/b'), 'longer text')],
    [
      'a file gets a content as long as before, and its old time back',
      (at) => {
        const before = lstatSync(at('a')).ctimeMs;
        // The kernel's clock ticks in milliseconds: a write within the same tick is the one that cannot be seen.
        while (lstatSync(at('a')).ctimeMs === before) {
          writeFileSync(at('a'), 'TEXT');
          utimesSync(at('a'), past, past);
        }
      },
    ],
    ['a file becomes a program', (at) => chmodSync(at('a'), 0o755)],
    ['a file is added', (at) => writeFileSync(at('sub/new'), '')],
    ['a file is removed', (at) => rmSync(at('sub/b'))],
    ['a link is added that leads nowhere', (at) => symlinkSync('nowhere', at('link'))],
    ['all of it is removed', (at) => rmSync(at('.'), { recursive: true })],
  ])('is another one when %s', (_what, change) => {
    const folder = makeTree();
    const stamp = stampFolders([folder]);
    change((name) => join(folder, name));
    expect(stampFolders([folder])).not.toBe(stamp);
  });

  it('is another one with other words, or other folders', () => {
    const [one, two] = [makeTree(), makeTree()];
    const stamps = [
      stampFolders([one]),
      stampFolders([one], 'a'),
      stampFolders([one], 'a', 'b'),
      stampFolders([one], 'ab'),
      stampFolders([one, two]),
      stampFolders([]),
    ];
    expect(new Set(stamps).size).toBe(stamps.length);
  });

  it('can be had of a folder that is not there', () => {
    const folder = join(makeTemporaryFolder(), 'none');
    expect(stampFolders([folder])).toBe(stampFolders([folder]));
  });
});
