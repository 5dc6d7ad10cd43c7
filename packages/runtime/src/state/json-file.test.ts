import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { makeTemporaryFolder } from './temporary-folder.fixture.ts';

describe('a JSON file of the state', () => {
  it('is read as it was written, by its owner alone', () => {
    const path = join(makeTemporaryFolder(), 'a.json');
    writeJsonFile(path, { name: 'ä', list: [1, null] });
    expect(readJsonFile(path)).toEqual({ name: 'ä', list: [1, null] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is undefined where there is none', () => {
    expect(readJsonFile(join(makeTemporaryFolder(), 'none.json'))).toBeUndefined();
  });

  it.each(['', '{', '{"a":1', 'null', '3', '"text"', '\0\0\0'])('is STATE_DAMAGED when it holds %j', (text) => {
    const path = join(makeTemporaryFolder(), 'a.json');
    writeFileSync(path, text);
    expect(() => readJsonFile(path)).toThrow(expect.objectContaining({ code: 'STATE_DAMAGED' }));
  });

  it('is UNREADABLE_INPUT when it is a folder', () => {
    expect(() => readJsonFile(makeTemporaryFolder())).toThrow(expect.objectContaining({ code: 'UNREADABLE_INPUT' }));
  });

  it('stays as it was, with nothing beside it, when it cannot be written', () => {
    const folder = makeTemporaryFolder();
    const path = join(folder, 'a.json');
    mkdirSync(path);
    chmodSync(path, 0o755);
    writeFileSync(join(path, 'inside'), '');
    expect(() => writeJsonFile(path, { a: 1 })).toThrow(expect.objectContaining({ code: expect.stringMatching(/^E/) }));
    expect(readdirSync(folder)).toEqual(['a.json']);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => writeJsonFile(join(folder, 'b.json'), circle)).toThrow(TypeError);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('is never seen half written', async () => {
    const path = join(makeTemporaryFolder(), 'a.json');
    const long = { text: 'x'.repeat(200_000) };
    writeJsonFile(path, long);
    const module = new URL('json-file.ts', import.meta.url).href;
    const writer = new Worker(
      `import(${JSON.stringify(module)}).then(({ writeJsonFile }) => {
         for (let n = 0; n < 150; n += 1) writeJsonFile(${JSON.stringify(path)}, { text: 'y'.repeat(n % 2 ? 10 : 200000) });
       });`,
      { eval: true },
    );
    let isOver = false;
    const ended = new Promise<number>((resolve, reject) => {
      writer.once('error', reject);
      writer.once('exit', resolve);
    }).finally(() => {
      isOver = true;
    });
    const lengths = new Set<number>();
    while (!isOver) {
      for (let look = 0; look < 20; look += 1) lengths.add(readJsonFile<{ text: string }>(path)?.text.length ?? -1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe(0);
    lengths.add(readJsonFile<{ text: string }>(path)?.text.length ?? -1);
    expect([...lengths].toSorted((a, b) => a - b)).toEqual([10, 200_000]);
  });
});
