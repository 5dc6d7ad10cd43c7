import { readdirSync, readFileSync } from 'node:fs';
import { namespaceOf } from '../process/process-table.ts';
import { readMadeContainer } from '../state/made-container.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerSample, ProcessSample } from '../usage/types.ts';
import { openCgroups } from './cgroup.ts';
import { observeWorkspace } from './observe.ts';
import { readMemoryBytes } from './read-memory.ts';

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const tickMs = 10;
const pageBytes = 4096;

/** Looks at what the containers of a workspace use now: a few small files of the kernel a process. */
export function sampleUsage(
  workspace: { readonly id: string; readonly paths: WorkspacePaths },
  only?: readonly string[],
): ContainerSample[] {
  const observed = observeWorkspace(workspace.paths, {});
  const cgroups = openCgroups();
  const processes = groupByNamespace();
  const names = Object.keys(observed.containers).filter((name) => only === undefined || only.includes(name));
  return names.map((name): ContainerSample => {
    const made = tolerate(() => readMadeContainer(workspace.paths.container(name)));
    const isRunning = observed.containers[name]?.state === 'running';
    const namespace = made?.init === undefined || !isRunning ? undefined : namespaceOf(made.init.pid, 'pid');
    const own = (namespace === undefined ? [] : (processes.get(namespace) ?? [])).flatMap(
      (pid) => sampleProcess(pid) ?? [],
    );
    const { memoryLimitBytes, cpuLimitMillis } = made?.spec.resources ?? {};
    return {
      name,
      isRunning,
      memoryBytes: isRunning ? (readMemoryBytes(cgroups, workspace.id, name) ?? sum(own)) : 0,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(cpuLimitMillis === undefined ? {} : { cpuLimitMillis }),
      processes: own,
    };
  });
}

function sum(processes: readonly ProcessSample[]): number {
  return processes.reduce((total, { memoryBytes }) => total + memoryBytes, 0);
}

/** Numbers of processes by the process namespace they are in; a container has one of its own. */
function groupByNamespace(): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  const own = namespaceOf(process.pid, 'pid');
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const namespace = Number.isInteger(pid) ? namespaceOf(pid, 'pid') : undefined;
    if (namespace === undefined || namespace === own) continue;
    const group = groups.get(namespace);
    if (group === undefined) groups.set(namespace, [pid]);
    else group.push(pid);
  }
  return groups;
}

/** Undefined when it has ended. */
function sampleProcess(pid: number): ProcessSample | undefined {
  const stat = read(pid, 'stat');
  if (stat === undefined) return undefined;
  // proc(5), /proc/PID/stat: the name is in parentheses and may hold any character; numbers count from the state on.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const command = (read(pid, 'cmdline') ?? '').split('\0').join(' ').trim();
  return {
    pid,
    start: fields[19] ?? 0,
    command: command === '' ? `[${name}]` : command.slice(0, 500),
    cpuMs: ((fields[11] ?? 0) + (fields[12] ?? 0)) * tickMs,
    memoryBytes: readProportionalBytes(pid) ?? (fields[21] ?? 0) * pageBytes,
  };
}

/** Memory of a process, what it shares with others counted by its part (proc(5), /proc/PID/smaps_rollup). */
function readProportionalBytes(pid: number): number | undefined {
  const row = /^Pss:\s+(\d+) kB$/m.exec(read(pid, 'smaps_rollup') ?? '');
  return row === null ? undefined : Number(row[1]) * 1024;
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
