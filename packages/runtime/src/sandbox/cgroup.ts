import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Resources } from '@devstead/environment';

/**
 * Limits by control groups, version 1, version 2 or a mix of both, where this process may write them. A workspace has
 * one group, each container one inside it.
 */
export interface Cgroups {
  /** Makes a container's group with its limits; the files by which a process of one thread, writing 0, joins it. */
  create(workspace: string, container: string, limits: GroupLimits): string[];
  /** The files of a group that exists; empty when there is none. */
  find(workspace: string, container: string): string[];
  /** Removes the groups of a workspace. No process may be left in them. */
  remove(workspace: string): void;
}

interface GroupLimits extends Resources {
  /** Most processes and threads. Default: enough for anything but a fork bomb. */
  readonly processLimit?: number;
}

/** The folder of all groups; each user has one of their own, so that nobody's groups lie in another's hands. */
function parentOf(uid: number): string {
  return uid === 0 ? 'devstead' : `devstead-${uid}`;
}

/**
 * Where a process of one thread puts itself into a group. A thread of version 1 that moves itself does not wait until no
 * process of the machine is about to begin or end, 5 to 15 ms mostly; version 2 has no such way.
 */
const joinFiles = { 1: 'tasks', 2: 'cgroup.procs' } as const;

const v1Controllers = ['memory', 'cpu', 'pids'] as const;
const cpuPeriodUs = 100_000;
/** Most processes and threads of one container: a fork bomb stays in its workspace. */
const defaultProcessLimit = 16_384;

/** Whose groups are looked for, and where. */
interface CgroupsOptions {
  readonly mountPoint?: string;
  readonly uid?: number;
  /** /proc/PID/cgroup of the process that is to put others into groups (cgroups(7)). */
  readonly ownGroups?: () => string;
}

/** The machine's control groups; undefined when this process cannot write them. */
export function openCgroups({
  mountPoint = '/sys/fs/cgroup',
  uid = process.getuid?.() ?? 0,
  ownGroups = () => readFileSync('/proc/self/cgroup', 'utf8'),
}: CgroupsOptions = {}): Cgroups | undefined {
  const parent = parentOf(uid);
  const hierarchies = findHierarchies(mountPoint, { parent, uid, ownGroups });
  if (hierarchies.length === 0) return undefined;
  const groups = (workspace: string, container: string): string[] =>
    hierarchies.map(({ path, version }) => join(path, parent, workspace, container, joinFiles[version]));
  return {
    create(workspace, container, resources) {
      return hierarchies.flatMap((hierarchy) => {
        const limits = hierarchy.version === 2 ? limitsV2(resources) : limitsV1(resources, hierarchy.controller);
        const group = join(hierarchy.path, parent, workspace, container);
        // Joining a group costs a command a millisecond: one without limits is not made.
        if (limits.length === 0) {
          removeGroups(group);
          return [];
        }
        if (hierarchy.version === 2) delegate(hierarchy.path, [parent, workspace]);
        mkdirSync(group, { recursive: true });
        for (const [file, value] of limits) {
          if (existsSync(join(group, file))) writeFileSync(join(group, file), value);
        }
        return [join(group, joinFiles[hierarchy.version])];
      });
    },
    find: (workspace, container) => groups(workspace, container).filter((file) => existsSync(file)),
    remove(workspace) {
      for (const { path } of hierarchies) removeGroups(join(path, parent, workspace), performance.now() + leavingMs);
    },
  };
}

/**
 * Begins what the kernel of version 2 does before a process changes its group when none has for a while (5 to 15 ms of
 * mere waiting): a move that changes nothing is asked for, and other work goes on meanwhile.
 */
export function anticipateJoin(mountPoint = '/sys/fs/cgroup'): void {
  if (!existsSync(join(mountPoint, 'cgroup.controllers'))) return;
  try {
    const [, own] = /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
    if (own !== undefined) writeFile(join(mountPoint, own, 'cgroup.procs'), '0', () => undefined);
  } catch {
    // It only saves time.
  }
}

/** A command line that first puts itself into control groups, by their files, and then becomes the command. */
export function inControlGroups(files: readonly string[], argv: readonly string[]): string[] {
  if (files.length === 0) return [...argv];
  const joins = files.map((file) => `echo 0 > '${file}'`).join(' && ');
  return ['sh', '-c', `${joins} || exit 125; exec "$@"`, 'sh', ...argv];
}

type Hierarchy =
  | { readonly version: 1; readonly path: string; readonly controller: (typeof v1Controllers)[number] }
  | { readonly version: 2; readonly path: string };

function findHierarchies(
  mountPoint: string,
  { parent, uid, ownGroups }: { readonly parent: string; readonly uid: number; readonly ownGroups: () => string },
): Hierarchy[] {
  if (existsSync(join(mountPoint, 'cgroup.controllers'))) {
    const path = uid === 0 ? mountPoint : findDelegated(mountPoint, ownGroups());
    return path !== undefined && canWrite(path, parent) ? [{ version: 2, path }] : [];
  }
  return v1Controllers
    .map((controller) => ({ version: 1 as const, path: join(mountPoint, controller), controller }))
    .filter(({ path }) => existsSync(join(path, 'cgroup.procs')) && canWrite(path, parent));
}

/**
 * The topmost group above this process's own that was handed over to the user, as systemd does with that of the user's
 * services (cgroups(7), "Delegation of a hierarchy"): only below it may the user move processes.
 */
function findDelegated(mountPoint: string, ownGroups: string): string | undefined {
  const own = /^0::\/(.*)$/m.exec(ownGroups)?.[1] ?? '';
  const parts = own.split('/').filter((part) => part !== '');
  return parts
    .slice(0, -1)
    .map((_, index) => join(mountPoint, ...parts.slice(0, index + 1)))
    .find((group) => ['', 'cgroup.procs', 'cgroup.subtree_control'].every((file) => isWritable(join(group, file))));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function canWrite(hierarchy: string, parent: string): boolean {
  try {
    mkdirSync(join(hierarchy, parent), { recursive: true });
  } catch {
    return false;
  }
  // It may be there already, and another's.
  return isWritable(join(hierarchy, parent));
}

/**
 * The commands, for an administrator unless the version is 2, that let a normal user limit containers; undefined where
 * nothing is known that would.
 */
export function explainDelegation(
  user: { readonly uid: number; readonly gid: number },
  mountPoint = '/sys/fs/cgroup',
): { readonly command: string; readonly isForRoot: boolean } | undefined {
  if (existsSync(join(mountPoint, 'cgroup.controllers')))
    return { command: 'systemd-run --user --scope devstead up', isForRoot: false };
  const groups = v1Controllers
    .map((controller) => join(mountPoint, controller))
    .filter((path) => existsSync(join(path, 'cgroup.procs')))
    .map((path) => join(path, parentOf(user.uid)));
  if (groups.length === 0) return undefined;
  return { command: `install -d -o ${user.uid} -g ${user.gid} ${groups.join(' ')}`, isForRoot: true };
}

/** Version 2 hands controllers down from group to group, each by name. */
function delegate(root: string, path: readonly string[]): void {
  let group = root;
  for (const part of ['', ...path]) {
    group = join(group, part);
    mkdirSync(group, { recursive: true });
    const available = readFileSync(join(group, 'cgroup.controllers'), 'utf8').split(/\s+/);
    const wanted = v1Controllers.filter((controller) => available.includes(controller));
    writeFileSync(join(group, 'cgroup.subtree_control'), wanted.map((controller) => `+${controller}`).join(' '));
  }
}

function limitsV1(resources: GroupLimits, controller: (typeof v1Controllers)[number]): [string, string][] {
  const { memoryLimitBytes, cpuLimitMillis, processLimit = defaultProcessLimit } = resources;
  if (controller === 'memory') {
    return memoryLimitBytes === undefined
      ? []
      : [
          // A group that is there may have lower limits; the second is never below the first.
          ['memory.memsw.limit_in_bytes', '-1'],
          ['memory.limit_in_bytes', String(memoryLimitBytes)],
          ['memory.memsw.limit_in_bytes', String(memoryLimitBytes)],
        ];
  }
  if (controller === 'pids') return [['pids.max', String(processLimit)]];
  return cpuLimitMillis === undefined
    ? []
    : [
        ['cpu.cfs_period_us', String(cpuPeriodUs)],
        ['cpu.cfs_quota_us', String(Math.max(1000, (cpuLimitMillis * cpuPeriodUs) / 1000))],
      ];
}

/** A group that is there may have limits of an earlier start. */
function limitsV2({
  memoryLimitBytes,
  cpuLimitMillis,
  processLimit = defaultProcessLimit,
}: GroupLimits): [string, string][] {
  const quota = cpuLimitMillis === undefined ? 'max' : String(Math.max(1000, (cpuLimitMillis * cpuPeriodUs) / 1000));
  return [
    ['pids.max', String(processLimit)],
    ['memory.max', memoryLimitBytes === undefined ? 'max' : String(memoryLimitBytes)],
    ['memory.swap.max', memoryLimitBytes === undefined ? 'max' : '0'],
    ['cpu.max', `${quota} ${cpuPeriodUs}`],
  ];
}

/** How long a process that has ended may take to leave its group. */
const leavingMs = 1000;

/**
 * Removes a group and those inside it. The kernel refuses while a process is in it; after the deadline it stays for the
 * next time.
 */
function removeGroups(group: string, deadline = 0): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroups(join(group, entry.name), deadline);
  }
  for (;;) {
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY') throw error;
      if (performance.now() >= deadline) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
