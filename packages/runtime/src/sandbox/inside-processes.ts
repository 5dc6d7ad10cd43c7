import {
  listProcesses,
  namespaceOf,
  type ProcessId,
  readProcessState,
  signalProcess,
} from '../process/process-table.ts';

/** The processes of a container, its commands among them: those that share the process namespace of its first. */
function listInside(init: ProcessId): ProcessId[] {
  const namespace = namespaceOf(init.pid, 'pid');
  return namespace === undefined ? [] : listProcesses().filter(({ pid }) => namespaceOf(pid, 'pid') === namespace);
}

/** Those of them that do not stand still. */
export function listMoving(init: ProcessId): ProcessId[] {
  return listInside(init).filter(({ pid }) => !'TtZX'.includes(readProcessState(pid)));
}

/** Lets all of them go on. */
export function resumeProcesses(init: ProcessId): void {
  for (const one of listInside(init)) signalProcess(one, 'SIGCONT');
}
