import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { listProcesses, namespaceOf, readProcessState } from '../process/process-table.ts';
import { systemPath, waitForClose } from '../process/run-process.ts';
import { liveHolder, readSandboxState } from '../sandbox/sandbox-state.ts';
import type { WorkspacePaths } from '../state/paths.ts';

/**
 * Stops each process named on its input, and lets all go on again, the newest first, when the input ends: also when the
 * process that holds the other end is killed.
 */
const script = `
stopped=
while read -r pid; do
  kill -STOP "$pid" 2>/dev/null && stopped="$pid $stopped"
done
for pid in $stopped; do kill -CONT "$pid" 2>/dev/null; done
exit 0
`;

const patienceMs = 10_000;

/**
 * Does work while every program of a running workspace stands still, so that files read meanwhile are those of one
 * moment, as after a power cut: what databases recover from. A workspace that does not run needs nothing of it. Throws
 * BRANCH_FAILED when programs do not come to rest.
 */
export async function whileFrozen<T>(paths: WorkspacePaths, work: () => Promise<T>): Promise<T> {
  const state = readSandboxState(paths);
  const holder = liveHolder(state);
  if (holder === undefined || state?.userNamespace === undefined) return work();
  const spared = new Set([holder.pid, state.supervisor?.pid, state.network?.pid]);
  const { userNamespace } = state;
  const helper = spawn('sh', ['-c', script], {
    detached: true,
    env: { PATH: systemPath },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = waitForClose(helper, 'sh');
  helper.stdin?.on('error', () => undefined);
  try {
    await stopAll(helper, () =>
      listProcesses()
        .map(({ pid }) => pid)
        .filter((pid) => !spared.has(pid) && namespaceOf(pid, 'user') === userNamespace),
    );
    return await work();
  } finally {
    helper.stdin?.end();
    await ended;
  }
}

/** Until nothing is left that moves: what is stopped cannot start anything. */
async function stopAll(helper: ChildProcess, list: () => number[]): Promise<void> {
  const asked = new Set<number>();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const moving = list().filter((pid) => !'TtZX'.includes(readProcessState(pid)));
    if (moving.length === 0) return;
    if (performance.now() > deadline) {
      throw new AppError('BRANCH_FAILED', 'programs of the workspace do not come to rest', {
        hint: 'Run `devstead stop` there, then begin again.',
      });
    }
    for (const pid of moving.filter((candidate) => !asked.has(candidate))) {
      asked.add(pid);
      helper.stdin?.write(`${pid}\n`);
    }
    await delay(5);
  }
}
