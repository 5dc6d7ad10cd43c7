import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import {
  describeProcess,
  hasEnvironmentEntry,
  isEnding,
  listProcesses,
  namespaceOf,
  type ProcessId,
  signalProcess,
} from '../process/process-table.ts';
import { workspaceMarker } from '../process/workspace-marker.ts';
import type { SandboxState } from './sandbox-state.ts';

/**
 * Finds every process that belongs to a workspace, recorded or not: those with the marker, and all that live in a user
 * namespace that one of them is in or that is recorded. A namespace's number may be given again once it is gone, so a
 * process found by the record alone must be younger than the holder.
 */
function findWorkspaceProcesses(folder: string, state: SandboxState | undefined): ProcessId[] {
  const entry = `${workspaceMarker}=${folder}`;
  const own = namespaceOf(process.pid, 'user');
  const all = listProcesses().filter(({ pid }) => pid !== process.pid);
  const marked = new Set(all.filter(({ pid }) => hasEnvironmentEntry(pid, entry)));
  const namespaces = new Set([...marked].map(({ pid }) => namespaceOf(pid, 'user')).filter((found) => found !== own));
  const { holder, userNamespace } = state ?? {};
  return all.filter((candidate) => {
    if (marked.has(candidate)) return true;
    const namespace = namespaceOf(candidate.pid, 'user');
    if (namespace === undefined || namespace === own) return false;
    if (namespaces.has(namespace)) return true;
    return holder !== undefined && namespace === userNamespace && candidate.start >= holder.start;
  });
}

/** How long ended processes may take: those that were killed, and those that wait for what they had to be written to disk. */
const patienceMs = { killed: 10_000, ending: 120_000 } as const;

/** Ends every process of a workspace at once and returns when none is left. */
export async function reapWorkspace(folder: string, state: SandboxState | undefined): Promise<void> {
  const startedAt = performance.now();
  let refusedSince: number | undefined;
  for (;;) {
    const found = findWorkspaceProcesses(folder, state);
    if (found.length === 0) return;
    for (const candidate of found) signalProcess(candidate, 'SIGKILL');
    const now = performance.now();
    refusedSince = found.every(({ pid }) => isEnding(pid)) ? undefined : (refusedSince ?? now);
    if (now - (refusedSince ?? now) > patienceMs.killed || now - startedAt > patienceMs.ending) {
      throw new AppError('INTERNAL', 'processes of the workspace do not end', {
        details: found.map(({ pid }) => `${pid} ${describeProcess(pid)}`),
      });
    }
    await delay(5);
  }
}
