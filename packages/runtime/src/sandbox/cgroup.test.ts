import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { explainDelegation, openCgroups } from './cgroup.ts';

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
    const files = openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', limits);
    expect(files).toEqual(['memory', 'cpu', 'pids'].map((name) => `${root}/${name}/${v1Group}/tasks`));
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
    const groups = openCgroups({ mountPoint: root, uid: 0 });
    const made = (): string[] => names.filter((name) => existsSync(join(root, name, v1Group)));
    expect(groups?.create('shop-1', 'db', {})).toEqual([`${root}/pids/${v1Group}/tasks`]);
    expect(made()).toEqual(['pids']);
    groups?.create('shop-1', 'db', limits);
    expect(made()).toEqual(names);
    expect(groups?.create('shop-1', 'db', { cpuLimitMillis: 100 })).toHaveLength(2);
    expect(made()).toEqual(['cpu', 'pids']);
  });

  it('set no limit the kernel does not have', () => {
    const { [`memory/${v1Group}/memory.memsw.limit_in_bytes`]: _swap, ...withoutSwap } = version1;
    const root = layOut(withoutSwap);
    openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', limits);
    expect(existsSync(join(root, `memory/${v1Group}/memory.memsw.limit_in_bytes`))).toBe(false);
  });

  it('are used as far as they are there', () => {
    const root = layOut({ 'memory/cgroup.procs': '', 'cpu/other': '', 'unified/cgroup.controllers': 'cpu\n' });
    expect(openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', limits)).toEqual([
      `${root}/memory/${v1Group}/tasks`,
    ]);
  });
});

describe('control groups of version 2', () => {
  it('limit all in one group', () => {
    const root = layOut(version2);
    expect(openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', limits)).toEqual([
      `${root}/${v1Group}/cgroup.procs`,
    ]);
    const read = (path: string): string => readFileSync(join(root, path), 'utf8');
    expect(read(`${v1Group}/memory.max`)).toBe('536870912');
    expect(read(`${v1Group}/memory.swap.max`)).toBe('0');
    expect(read(`${v1Group}/cpu.max`)).toBe('150000 100000');
  });

  it('hand down what each level has', () => {
    const root = layOut(version2);
    openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', limits);
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
    openCgroups({ mountPoint: root, uid: 0 })?.create('shop-1', 'db', { cpuLimitMillis: 1 });
    expect(readFileSync(join(root, `${v1Group}/cpu.max`), 'utf8')).toBe('1000 100000');
  });
});

describe('control groups', () => {
  it('are not there where none can be written', () => {
    expect(openCgroups({ mountPoint: makeTemporaryFolder(), uid: 0 })).toBeUndefined();
    expect(openCgroups({ mountPoint: '/nowhere', uid: 0 })).toBeUndefined();
    // A file in the group's place can be written by nobody as a folder.
    expect(openCgroups({ mountPoint: layOut({ 'cgroup.controllers': 'cpu', devstead: '' }), uid: 0 })).toBeUndefined();
  });

  it('are found once they are made, and are gone when removed', () => {
    const root = layOut({ 'memory/cgroup.procs': '', 'pids/cgroup.procs': '' });
    const groups = openCgroups({ mountPoint: root, uid: 0 });
    expect(groups?.find('shop-1', 'db')).toEqual([]);
    const files = groups?.create('shop-1', 'db', limits) ?? [];
    groups?.create('shop-2', 'db', limits);
    for (const name of ['memory', 'pids']) writeFileSync(`${root}/${name}/${v1Group}/tasks`, '');
    expect(groups?.find('shop-1', 'db')).toEqual(files);
    // The kernel lets a group go with its files; here they stand in the way.
    for (const name of ['memory', 'pids']) expect(existsSync(`${root}/${name}/${v1Group}`)).toBe(true);
    groups?.remove('shop-2');
    expect(existsSync(`${root}/memory/devstead/shop-2`)).toBe(false);
    expect(existsSync(`${root}/memory/devstead/shop-1`)).toBe(true);
    groups?.remove('shop-2');
  });
});

describe('control groups of a normal user', () => {
  const manager = 'user.slice/user-1000.slice/user@1000.service';
  const delegated = {
    'cgroup.controllers': 'cpu memory pids\n',
    'user.slice/cgroup.controllers': 'cpu memory pids\n',
    [`${manager}/cgroup.controllers`]: 'cpu memory pids\n',
    [`${manager}/cgroup.procs`]: '',
    [`${manager}/cgroup.subtree_control`]: '',
    [`${manager}/app.slice/cgroup.procs`]: '',
    [`${manager}/app.slice/cgroup.subtree_control`]: '',
    [`${manager}/devstead-1000/cgroup.controllers`]: 'memory\n',
    [`${manager}/devstead-1000/shop-1/cgroup.controllers`]: 'memory\n',
    [`${manager}/devstead-1000/shop-1/db/memory.max`]: 'max',
  };
  const open = (mountPoint: string, own: string): ReturnType<typeof openCgroups> =>
    openCgroups({ mountPoint, uid: 1000, ownGroups: () => own });

  it('of version 2 lie in the topmost group that was handed over, above the process’s own', () => {
    const root = layOut(delegated);
    const groups = open(root, `0::/${manager}/app.slice/run-1.scope\n`);
    expect(groups?.create('shop-1', 'db', limits)).toEqual([`${root}/${manager}/devstead-1000/shop-1/db/cgroup.procs`]);
    expect(readFileSync(join(root, manager, 'devstead-1000/shop-1/db/memory.max'), 'utf8')).toBe('536870912');
    expect(existsSync(join(root, 'devstead-1000'))).toBe(false);
  });

  it.each(['0::/user.slice/user-1000.slice/session-3.scope\n', '0::/\n', ''])(
    'of version 2 are not used by a process that may not be moved: %j',
    (own) => {
      expect(open(layOut(delegated), own)).toBeUndefined();
    },
  );

  it('of version 1 are the user’s own, apart from root’s', () => {
    const root = layOut({ 'pids/cgroup.procs': '', 'pids/devstead/other': '' });
    expect(open(root, '')?.create('shop-1', 'db', {})).toEqual([`${root}/pids/devstead-1000/shop-1/db/tasks`]);
  });

  it.each([
    [{ 'cgroup.controllers': '' }, { command: 'systemd-run --user --scope devstead up', isForRoot: false }],
    [{ 'pids/cgroup.procs': '' }, { command: 'install -d -o 1000 -g 100 ROOT/pids/devstead-1000', isForRoot: true }],
    [{}, undefined],
  ])('are handed over, with %j, by %j', (files, expected) => {
    const root = layOut(files as Record<string, string>);
    const found = explainDelegation({ uid: 1000, gid: 100 }, root);
    expect(found && { ...found, command: found.command.replaceAll(root, 'ROOT') }).toEqual(expected);
  });
});
