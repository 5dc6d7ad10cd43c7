import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { firstScenarioPort } from './scenario-home.ts';

/** What a workspace could leave on the machine: each thing as a line by which it is known again. */
export type Inventory = ReadonlySet<string>;

/** The folders of a scenario. */
interface Home {
  /** All of it lies here. */
  readonly root: string;
  readonly state: string;
}

const portRange = 1000;
const controlGroups = '/sys/fs/cgroup';

/**
 * Counts the processes of sandboxes, the namespaces they are in, the machine's mounts, control groups of workspaces,
 * listening ports of scenarios, and the files in a home. Sandboxes that are known to belong to another home are left
 * out: they are somebody else's work on this machine.
 */
export function takeInventory(home: Home): Inventory {
  const processes = listSandboxProcesses(home);
  return new Set([
    ...processes.map(({ pid, start, line }) => `process ${pid} (started at ${start}): ${line}`),
    ...processes.flatMap(({ namespaces }) => namespaces.map((name) => `namespace ${name}`)),
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => `mount ${mountPoint(line)}`),
    ...listControlGroups(processes),
    ...listPorts(),
    // What the user's own package index keeps outlives workspaces by design.
    ...listFiles(home.state)
      .map((path) => `file ${path.slice(home.root.length + 1)}`)
      .filter((line) => !line.startsWith('file state/index/')),
  ]);
}

/** How many processes of an inventory have these words in their line. */
export function countProcesses(inventory: Inventory, words: string): number {
  return [...inventory].filter((line) => line.startsWith('process ') && line.includes(words)).length;
}

/**
 * What is there now and was not before, minus what `isExpected`. Process 1 may reap late and the kernel clears
 * namespaces in its own time, so things that are about to go are given a moment.
 */
export async function findRemains(
  home: Home,
  before: Inventory,
  isExpected: (line: string) => boolean = () => false,
): Promise<string[]> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const left = [...takeInventory(home)].filter((line) => !before.has(line) && !isExpected(line));
    if (left.length === 0 || Date.now() > deadline) return left;
    await delay(50);
  }
}

/** A control group of none of these workspaces: empty ones do not tell otherwise whose they are. */
export function isOthersGroup(line: string, ids: readonly string[]): boolean {
  return line.startsWith('control group ') && !ids.some((id) => line.includes(`/${id}`));
}

/** A mount in the storage of the machine's own containers, which other programs use while a scenario runs. */
export function isOthersMount(line: string): boolean {
  return /^mount \/(?:var\/lib|run)\/(?:containers|docker)\//.test(line);
}

interface SandboxProcess {
  readonly pid: number;
  readonly start: string;
  readonly line: string;
  readonly namespaces: readonly string[];
}

const marker = /\0DEVSTEAD_[A-Z_]+=([^\0]*)/g;

/** Processes that carry a marker of Devstead or live in a user namespace that is not this process's. */
function listSandboxProcesses(home: Home): SandboxProcess[] {
  const ownUser = readLink('/proc/self/ns/user');
  const own = new Map(
    ['user', 'net', 'mnt', 'pid', 'ipc', 'uts', 'cgroup'].map((kind) => [kind, readLink(`/proc/self/ns/${kind}`)]),
  );
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const [state, start = ''] = readState(name);
      if (state === undefined || 'ZX'.includes(state)) return [];
      const user = readLink(`/proc/${name}/ns/user`);
      const markers = [...`\0${readText(`/proc/${name}/environ`)}`.matchAll(marker)].map(([, value = '']) => value);
      const isOurs = markers.some((value) => value.startsWith(home.root));
      const isOthers = markers.length > 0 && !isOurs;
      const isForeign = user !== '' && user !== ownUser;
      return isOurs || isForeign || isOthers ? [{ name, start, user, isOurs, isOthers, isForeign }] : [];
    });
  const othersUsers = new Set(found.filter(({ isOthers, isForeign }) => isOthers && isForeign).map(({ user }) => user));
  return found
    .filter(({ user, isOurs, isForeign }) => isOurs || (isForeign && !othersUsers.has(user)))
    .map(({ name, start }) => ({
      pid: Number(name),
      start,
      line: readText(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 300),
      namespaces: [...own].flatMap(([kind, link]) => {
        const inode = readLink(`/proc/${name}/ns/${kind}`);
        return inode === '' || inode === link ? [] : [inode];
      }),
    }));
}

/** State letter and start time (proc(5), /proc/PID/stat); empty when the process is gone. */
function readState(pid: string): string[] {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return text === '' ? [] : [fields[0] ?? '', fields[19] ?? ''];
}

function mountPoint(line: string): string {
  const fields = line.split(' ');
  return `${fields[4] ?? ''} (${fields.slice(fields.indexOf('-') + 1).join(' ')})`;
}

/** Groups of workspaces, unless all their processes are somebody else's. */
function listControlGroups(processes: readonly SandboxProcess[]): string[] {
  const own = new Set(processes.map(({ pid }) => String(pid)));
  const roots = [
    controlGroups,
    ...(existsSync(controlGroups) ? readdirSync(controlGroups).map((name) => join(controlGroups, name)) : []),
  ];
  return roots
    .flatMap((root) => (existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : []))
    .filter((path) => /\/devstead(?:-\d+)?$/.test(path))
    .flatMap((root) => listFolders(root))
    .filter((group) => {
      const members = readText(join(group, 'cgroup.procs')).split('\n').filter(Boolean);
      return members.length === 0 || members.some((pid) => own.has(pid));
    })
    .map((group) => `control group ${group}`);
}

function listFolders(root: string): string[] {
  try {
    const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return names.flatMap(({ name }) => [join(root, name), ...listFolders(join(root, name))]);
  } catch {
    return [];
  }
}

function listPorts(): string[] {
  const lines = ['tcp', 'tcp6'].flatMap((file) => readText(`/proc/net/${file}`).split('\n').slice(1));
  return lines.flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    const isScenarios = port >= firstScenarioPort && port < firstScenarioPort + portRange;
    return state === '0A' && isScenarios ? [`listening port ${port}`] : [];
  });
}

/** Everything below a folder but folders that every workspace shares; links are not followed. */
function listFiles(folder: string): string[] {
  let entries: ReturnType<typeof readEntries> = [];
  try {
    entries = readEntries(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    const inner = listFiles(path);
    return inner.length === 0 && /\/workspaces\/./.test(path) ? [path] : inner;
  });
}

function readEntries(folder: string): { name: string; isDirectory: () => boolean }[] {
  return readdirSync(folder, { withFileTypes: true });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
