import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';

const patienceMs = 3000;

/**
 * Asks a program and all that it started to end, by force after some seconds. Git's own helpers do not end with it while
 * they wait for a server.
 */
export async function endProcessTree(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined) return;
  const tree = listTree(child.pid);
  for (const process of tree) signalProcess(process, 'SIGTERM');
  const isOver = ended.then(
    () => true,
    () => true,
  );
  if (await Promise.race([isOver, delay(patienceMs, false)])) return;
  for (const process of tree) signalProcess(process, 'SIGKILL');
}

/** A process and its descendants. */
function listTree(root: number): ProcessId[] {
  const parents = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .map((pid) => ({ pid, parent: readParent(pid) }));
  const found = [root];
  for (const pid of found) found.push(...parents.filter(({ parent }) => parent === pid).map((row) => row.pid));
  return found.map(identify).filter((process) => process !== undefined);
}

/** The fourth field of proc(5), /proc/PID/stat; the second may hold any character. */
function readParent(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
