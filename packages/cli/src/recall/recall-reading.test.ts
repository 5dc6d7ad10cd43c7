import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeIo } from '@devstead/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../test-workspace.fixture.ts';
import { keptLimits } from './kept-readings.ts';
import type { Machine } from './machine.ts';
import { readerFolders, recallReading } from './recall-reading.ts';

describe('recallReading', () => {
  let repository: TestRepository;
  let reads = 0;
  let folder = '';
  let asked = '';
  beforeEach(() => {
    repository = new TestRepository();
    reads = 0;
    folder = join(repository.root, 'home/.cache/devstead/readings');
    asked = repository.write('asked.txt', 'one');
  });
  afterEach(() => repository.remove());

  const subject = { name: ['test'], given: ['handed over'] };
  const kept = (): string => join(folder, readdirSync(folder)[0] ?? '');
  const read = async ({ files, variables }: Machine): Promise<object> => {
    reads += 1;
    const found = [asked, join(repository.folder, 'absent.txt')].map((path) => files.find(path));
    return { found, word: Object.hasOwn(variables, 'WORD') ? variables['WORD'] : null };
  };
  const recall = (io: FakeIo = repository.io(), wanted = subject): Promise<object> => recallReading(io, wanted, read);

  it('reads once while every answer is the same', async () => {
    const first = await recall();
    expect([await recall(), await recall(), reads]).toEqual([first, first, 1]);
  });

  it.each<[string, () => unknown, Readonly<Record<string, string>>]>([
    ['another text', () => repository.write('asked.txt', 'two'), {}],
    ['a file that is gone', () => rmSync(asked), {}],
    ['a file that has come', () => repository.write('absent.txt', ''), {}],
    ['a folder that has come', () => repository.write('absent.txt/file', ''), {}],
    ['a variable that is set', () => undefined, { WORD: 'x' }],
    ['a variable that is empty', () => undefined, { WORD: '' }],
  ])('reads again for %s', async (_, change, env) => {
    const first = await recall();
    change();
    const second = await recall(repository.io(env));
    expect(second).not.toEqual(first);
    expect([reads, await recall(repository.io(env)), reads]).toEqual([2, second, 2]);
  });

  it('does not care for a variable nobody asked for', async () => {
    await recall();
    await recall(repository.io({ OTHER: 'x' }));
    expect(reads).toBe(1);
  });

  it('reads again when something else is handed over', async () => {
    await recall();
    await recall(repository.io(), { ...subject, given: ['another'] });
    expect(reads).toBe(2);
  });

  it('keeps nothing where all variables were listed, or what the reader does not call whole', async () => {
    const list = async ({ variables }: Machine): Promise<object> => Object.keys(variables);
    await recallReading(repository.io(), subject, list);
    await recallReading(repository.io(), subject, read, () => false);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  it('writes no value in clear, and for nobody else', async () => {
    const secret = 'canary-4711';
    repository.write('asked.txt', secret);
    await recallReading(repository.io({ WORD: secret }), { name: ['x'], given: [secret] }, read);
    const text = readFileSync(kept(), 'latin1');
    const content = Buffer.from(/"sealed": "([^"]*)"/.exec(text)?.[1] ?? '', 'base64').toString('latin1');
    expect([text.includes(secret), content.length > 100, content.includes(secret)]).toEqual([false, true, false]);
    expect([statSync(kept()).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  it('reads anew for any damage of the file, and mends it', async () => {
    const first = await recall();
    const whole = readFileSync(kept());
    const damage = fc.record({ at: fc.nat(whole.length - 1), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, cut, put }) => {
        writeFileSync(kept(), Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + cut)]));
        expect(await recall()).toEqual(first);
      }),
      { numRuns: 60 },
    );
    for (const text of [
      '',
      '{}',
      'null',
      '[]',
      '{"questions": {"files": [1], "variables": []}, "salt": "", "sealed": ""}',
    ]) {
      writeFileSync(kept(), text);
      reads = 0;
      expect([await recall(), await recall(), reads]).toEqual([first, first, 1]);
    }
  });

  it('lets go of what was not used for longest where there is too much, and keeps nothing too large', async () => {
    await recall();
    const used = kept();
    for (let index = 0; index < keptLimits.count - 1; index += 1) writeFileSync(join(folder, `${index}.json`), '{}');
    const old = new Date(Date.now() - 60_000);
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), old, old);
    const older = new Date(Date.now() - 120_000);
    for (const path of [used, join(folder, '7.json')]) utimesSync(path, older, older);
    await recall();
    await recallReading(repository.io(), { name: ['another'], given: [] }, async () => ({}));
    expect([reads, existsSync(used), existsSync(join(folder, '7.json'))]).toEqual([1, true, false]);
    expect(readdirSync(folder)).toHaveLength(keptLimits.count);
    const before = new Set(readdirSync(folder));
    const large = 'x'.repeat(keptLimits.bytesOfOne);
    await recallReading(repository.io(), { name: ['large'], given: [] }, async () => ({ large }));
    await recallReading(repository.io(), { name: ['curious'], given: [] }, async ({ variables }) => {
      for (let index = 0; index <= keptLimits.questions; index += 1) Object.hasOwn(variables, `V${index}`);
      return {};
    });
    expect(new Set(readdirSync(folder))).toEqual(before);
  });

  it('takes several at a time', async () => {
    const io = repository.io();
    const all = await Promise.all(Array.from({ length: 20 }, () => recall(io)));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
    reads = 0;
    await recall();
    expect(reads).toBe(0);
  });

  it('reads each time where the cache cannot be written', async () => {
    writeFileSync(join(repository.root, 'flat'), '');
    const io = repository.io({ XDG_CACHE_HOME: join(repository.root, 'flat') });
    await recall(io);
    await recall(io);
    expect(reads).toBe(2);
  });

  it('depends on every file of the code that reads', () => {
    const files = listImported(['../compose/judge-compose.ts', '../judge-devfile.ts']);
    const folders = readerFolders();
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => !folders.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
  });
});

/** Files of Devstead that are loaded with modules, themselves too; those of the runtime carry out what was read. */
function listImported(modules: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (name: string, from: string): void => {
    if (!/^(?:\.|@devstead\/(?!runtime))/.test(name)) return;
    const url = name.startsWith('.') ? new URL(name, from).href : import.meta.resolve(name);
    const path = fileURLToPath(url);
    if (found.has(path)) return;
    found.add(path);
    const text = readFileSync(path, 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, word = ''] of text.matchAll(/(?:\bfrom|\bimport\(?) ?'([^']+)'/g)) add(word, url);
  };
  for (const module of modules) add(module, import.meta.url);
  return [...found];
}
