import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessId, signalProcess } from '../process/process-table.ts';
import { runProcess } from '../process/run-process.ts';
import { initFolder } from '../running/init-programs.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';

const lookEveryMs = 5;
/** A command that has not even begun by then is asked by way of the process that stands for it. */
const beginMs = 300;

/**
 * Ends a command that `startExec` began, with everything it started: its process group and what left it for a session
 * of its own. Each process is asked once (SIGTERM), and what is left after the grace is ended by force (SIGKILL).
 * Returns when none is left; true when force was needed.
 *
 * Meanwhile the command's tini is held (SIGSTOP): as long as it is there, it becomes the parent of whatever loses its
 * own, so that nothing that was forked at the last moment gets away.
 */
export async function endExec(holder: Holder, child: ChildProcess, graceMs: number): Promise<boolean> {
  const startedAt = performance.now();
  const asked = new Set<number>();
  const known = new Map<number, ProcessId>();
  let held: 'not yet' | 'held' | 'let go' = 'not yet';
  let emptyLooks = 0;
  let isForced = false;
  for (;;) {
    findProcesses(child, known);
    const alive = [...known.values()].filter(isAlive);
    if (alive.length === 0 && hasEnded(child)) return isForced;
    const tinis = alive.filter(({ pid }) => isTini(pid, child));
    const own = alive.filter((process) => !tinis.includes(process));
    if (held === 'not yet' && tinis.some(({ pid }) => childrenOf(pid).length > 0)) {
      await signalAll(holder, tinis, 'SIGSTOP');
      held = 'held';
      continue;
    }
    // One look alone may fall between the end of a parent and the adoption of its child.
    emptyLooks = own.length === 0 ? emptyLooks + 1 : 0;
    if (held === 'held' && emptyLooks > 1) {
      await signalAll(holder, tinis, 'SIGCONT');
      held = 'let go';
    }
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > graceMs) {
      isForced ||= own.length > 0;
      await signalAll(holder, own, 'SIGKILL');
      if (held !== 'held') child.kill('SIGKILL');
    } else {
      const news = own.filter(({ pid }) => !asked.has(pid));
      for (const { pid } of news) asked.add(pid);
      await signalAll(holder, news, 'SIGTERM');
      if (asked.size === 0 && elapsedMs > beginMs) child.kill('SIGTERM');
    }
    await delay(lookEveryMs);
  }
}

/** tini stands between crun and the command, passes signals on, and is not part of what the user started. */
function isTini(pid: number, child: ChildProcess): boolean {
  if (!childrenOf(child.pid).includes(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${initFolder}/tini\0`);
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Adds all descendants of the command; those found before are followed too, whoever is their parent by now. */
function findProcesses(child: ChildProcess, known: Map<number, ProcessId>): void {
  const open = [...(hasEnded(child) ? [] : childrenOf(child.pid)), ...known.keys()];
  const seen = new Set<number>();
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const recorded = known.get(pid);
    if (recorded === undefined) {
      const found = identify(pid);
      if (found === undefined) continue;
      known.set(pid, found);
    } else if (!isAlive(recorded)) continue;
    open.push(...childrenOf(pid));
  }
}

/** The children of a process, of all its threads (proc(5), /proc/PID/task/TID/children). */
function childrenOf(pid: number | undefined): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

async function signalAll(
  holder: Holder,
  processes: readonly ProcessId[],
  signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
): Promise<void> {
  const refused: ProcessId[] = [];
  for (const target of processes) {
    try {
      signalProcess(target, signal);
    } catch (error) {
      // A normal user may not reach processes of other ids of the workspace; its own root may.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
      refused.push(target);
    }
  }
  if (refused.length === 0) return;
  const pids = refused.map(({ pid }) => String(pid));
  await runProcess([...enterAsInnerRoot(holder), 'kill', '-s', signal.slice(3), '--', ...pids]);
}
