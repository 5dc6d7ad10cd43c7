import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCgroups } from './cgroup.ts';
import { makeTemporaryFolder } from './temporary-folder.fixture.ts';

/** Writes files by their paths below a folder, and returns it. The kernel would make those of new groups itself. */
function layOut(files: Readonly<Record<string, string>>): string {
  const root = makeTemporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const v1Group = 'devstead/shop-1/db';
const version1 = {
  'memory/cgroup.procs': '',
  'cpu/cgroup.procs': '',
  'pids/cgroup.procs': '',
  [`memory/${v1Group}/memory.limit_in_bytes`]: 'max',
  [`memory/${v1Group}/memory.memsw.limit_in_bytes`]: 'max',
  [`cpu/${v1Group}/cpu.cfs_quota_us`]: '-1',
  [`cpu/${v1Group}/cpu.cfs_period_us`]: '0',
  [`pids/${v1Group}/pids.max`]: 'max',
};
const version2 = {
  'cgroup.controllers': 'cpuset cpu io memory pids\n',
  'devstead/cgroup.controllers': 'cpu memory pids\n',
  'devstead/shop-1/cgroup.controllers': 'cpu memory\n',
  [`${v1Group}/memory.max`]: 'max',
  [`${v1Group}/memory.swap.max`]: 'max',
  [`${v1Group}/cpu.max`]: 'max 100000',
  [`${v1Group}/pids.max`]: 'max',
};
const limits = { memoryLimitBytes: 2 ** 29, cpuLimitMillis: 1500 };

describe('control groups of version 1', () => {
  it('limit memory, processors and processes, each in its own hierarchy', () => {
    const root = layOut(version1);
    const files = openCgroups(root)?.create('shop-1', 'db', limits);
    expect(files).toEqual(['memory', 'cpu', 'pids'].map((name) => `${root}/${name}/${v1Group}/cgroup.procs`));
    const read = (path: string): string => readFileSync(join(root, path), 'utf8');
    expect(read(`memory/${v1Group}/memory.limit_in_bytes`)).toBe('536870912');
    expect(read(`memory/${v1Group}/memory.memsw.limit_in_bytes`)).toBe('536870912');
    expect(read(`cpu/${v1Group}/cpu.cfs_period_us`)).toBe('100000');
    expect(read(`cpu/${v1Group}/cpu.cfs_quota_us`)).toBe('150000');
    expect(Number(read(`pids/${v1Group}/pids.max`))).toBeGreaterThan(1000);
  });

  it('are made only where there is something to limit, and are gone when there no longer is', () => {
    const names = ['memory', 'cpu', 'pids'];
    const root = layOut(Object.fromEntries(names.map((name) => [`${name}/cgroup.procs`, ''])));
    const groups = openCgroups(root);
    const made = (): string[] => names.filter((name) => existsSync(join(root, name, v1Group)));
    expect(groups?.create('shop-1', 'db', {})).toEqual([`${root}/pids/${v1Group}/cgroup.procs`]);
    expect(made()).toEqual(['pids']);
    groups?.create('shop-1', 'db', limits);
    expect(made()).toEqual(names);
    expect(groups?.create('shop-1', 'db', { cpuLimitMillis: 100 })).toHaveLength(2);
    expect(made()).toEqual(['cpu', 'pids']);
  });

  it('set no limit the kernel does not have', () => {
    const { [`memory/${v1Group}/memory.memsw.limit_in_bytes`]: _swap, ...withoutSwap } = version1;
    const root = layOut(withoutSwap);
    openCgroups(root)?.create('shop-1', 'db', limits);
    expect(existsSync(join(root, `memory/${v1Group}/memory.memsw.limit_in_bytes`))).toBe(false);
  });

  it('are used as far as they are there', () => {
    const root = layOut({ 'memory/cgroup.procs': '', 'cpu/other': '', 'unified/cgroup.controllers': 'cpu\n' });
    expect(openCgroups(root)?.create('shop-1', 'db', limits)).toEqual([`${root}/memory/${v1Group}/cgroup.procs`]);
  });
});

describe('control groups of version 2', () => {
  it('limit all in one group', () => {
    const root = layOut(version2);
    expect(openCgroups(root)?.create('shop-1', 'db', limits)).toEqual([`${root}/${v1Group}/cgroup.procs`]);
    const read = (path: string): string => readFileSync(join(root, path), 'utf8');
    expect(read(`${v1Group}/memory.max`)).toBe('536870912');
    expect(read(`${v1Group}/memory.swap.max`)).toBe('0');
    expect(read(`${v1Group}/cpu.max`)).toBe('150000 100000');
  });

  it('hand down what each level has', () => {
    const root = layOut(version2);
    openCgroups(root)?.create('shop-1', 'db', limits);
    const handed = ['', 'devstead', 'devstead/shop-1'].map((path) =>
      readFileSync(join(root, path, 'cgroup.subtree_control'), 'utf8')
        .split(' ')
        .toSorted(),
    );
    expect(handed).toEqual([
      ['+cpu', '+memory', '+pids'],
      ['+cpu', '+memory', '+pids'],
      ['+cpu', '+memory'],
    ]);
  });

  it('never give a processor less than the kernel takes', () => {
    const root = layOut(version2);
    openCgroups(root)?.create('shop-1', 'db', { cpuLimitMillis: 1 });
    expect(readFileSync(join(root, `${v1Group}/cpu.max`), 'utf8')).toBe('1000 100000');
  });
});

describe('control groups', () => {
  it('are not there where none can be written', () => {
    expect(openCgroups(makeTemporaryFolder())).toBeUndefined();
    expect(openCgroups('/nowhere')).toBeUndefined();
    // A file in the group's place can be written by nobody as a folder.
    expect(openCgroups(layOut({ 'cgroup.controllers': 'cpu', devstead: '' }))).toBeUndefined();
  });

  it('are found once they are made, and are gone when removed', () => {
    const root = layOut({ 'memory/cgroup.procs': '', 'pids/cgroup.procs': '' });
    const groups = openCgroups(root);
    expect(groups?.find('shop-1', 'db')).toEqual([]);
    const files = groups?.create('shop-1', 'db', limits) ?? [];
    groups?.create('shop-2', 'db', limits);
    for (const name of ['memory', 'pids']) writeFileSync(`${root}/${name}/${v1Group}/cgroup.procs`, '');
    expect(groups?.find('shop-1', 'db')).toEqual(files);
    // The kernel lets a group go with its files; here they stand in the way.
    for (const name of ['memory', 'pids']) expect(existsSync(`${root}/${name}/${v1Group}`)).toBe(true);
    groups?.remove('shop-2');
    expect(existsSync(`${root}/memory/devstead/shop-2`)).toBe(false);
    expect(existsSync(`${root}/memory/devstead/shop-1`)).toBe(true);
    groups?.remove('shop-2');
  });
});
