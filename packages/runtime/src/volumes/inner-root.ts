import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { writeMaps } from '../sandbox/holder.ts';
import type { IdMap } from '../sandbox/id-map.ts';

/**
 * Starts a program in a folder as the root of the state folder's ids: it has all rights over files of containers, and
 * none over any other file of the machine. It needs no rights on the way to the folder.
 */
export type RunAsInnerRoot = (folder: string, argv: readonly string[], stdio: StdioOptions) => ChildProcess;

/** Does work as the root of a state folder's ids. Throws MACHINE_LACKS where user namespaces are not allowed. */
export async function withInnerRoot<Result>(
  idMap: IdMap,
  work: (run: RunAsInnerRoot) => Promise<Result>,
): Promise<Result> {
  // It lives as long as its standard input: when this process is killed, it ends by itself.
  const holder = spawnProcess(['unshare', '--user', 'sh', '-c', 'echo ready; exec cat >/dev/null'], {
    detached: true,
    env: { PATH: systemPath },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  holder.stdin?.on('error', () => undefined);
  const ended = waitForClose(holder, 'unshare');
  ended.catch(() => undefined);
  try {
    const first = await Promise.race([once(holder.stdout ?? holder, 'data'), ended]);
    const { pid } = holder;
    if (typeof first === 'number' || pid === undefined) {
      throw new AppError('MACHINE_LACKS', 'user namespaces are not available', {
        hint: 'Run `devstead doctor`: it says how to allow them.',
      });
    }
    await writeMaps({ pid }, idMap);
    return await work((folder, argv, stdio) =>
      spawnProcess(['nsenter', '-t', String(pid), '-U', '-S', '0', '-G', '0', '--', ...argv], {
        cwd: folder,
        env: { PATH: systemPath, LC_ALL: 'C.UTF-8' },
        stdio,
      }),
    );
  } finally {
    holder.stdin?.end();
    await ended.catch(() => undefined);
  }
}
