import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContext } from './read-context.ts';

describe('readContext', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-context-'));
    for (const name of ['src/deep', 'out']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['a.txt', 'src/b.py', 'src/deep/c.pyc', 'out/d']) writeFileSync(join(folder, name), name);
    symlinkSync('/etc/passwd', join(folder, 'link'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const list = (): string[] => readContext(folder, {}).entries.map(({ path }) => path);

  it('has what .dockerignore lets in; links are not followed', () => {
    writeFileSync(join(folder, '.dockerignore'), 'out\n**/*.pyc\n');
    const { entries, sizeBytes } = readContext(folder, {});
    expect(entries.map(({ path }) => path)).toEqual(['.dockerignore', 'a.txt', 'link', 'src', 'src/b.py', 'src/deep']);
    expect(entries.find(({ path }) => path === 'link')).toMatchObject({ type: 'link', target: '/etc/passwd' });
    expect(sizeBytes).toBe('out\n**/*.pyc\n'.length + 'a.txt'.length + 'src/b.py'.length);
  });

  it('has the ignore file of its Dockerfile before that of the folder', () => {
    writeFileSync(join(folder, '.dockerignore'), 'src\n');
    writeFileSync(join(folder, 'Dockerfile.dockerignore'), '*\n!a.txt\n');
    const { entries } = readContext(folder, { dockerfile: join(folder, 'Dockerfile') });
    expect(entries.map(({ path }) => path)).toEqual(['a.txt']);
  });

  it('has a stamp that changes with its files, and only with them', () => {
    writeFileSync(join(folder, '.dockerignore'), 'out\n');
    const stamp = (): string => readContext(folder, {}).stamp;
    const before = stamp();
    writeFileSync(join(folder, 'out/d'), 'other');
    expect(stamp()).toBe(before);
    utimesSync(join(folder, 'src/b.py'), 5, 5);
    expect(stamp()).not.toBe(before);
  });

  it('tells lines of the ignore file that are no pattern', () => {
    writeFileSync(join(folder, '.dockerignore'), 'out\n[\n');
    expect(readContext(folder, {}).diagnostics).toMatchObject([{ code: 'dockerfile.bad-ignore-rule', line: 2 }]);
  });

  it('stops where there are more files, or more bytes, than a build has', () => {
    const read = (limits: { mostFiles: number; mostBytes: number }) => () => readContext(folder, { limits });
    expect(list()).toHaveLength(8);
    expect(read({ mostFiles: 7, mostBytes: 1000 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(read({ mostFiles: 8, mostBytes: 10 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => readContext(join(folder, 'nothing'), {})).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_INPUT' }),
    );
  });
});
