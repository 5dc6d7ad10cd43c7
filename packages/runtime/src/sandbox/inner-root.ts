import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { IdMap } from '../ids/id-map.ts';
import { spawnProcess, systemPath } from '../process/run-process.ts';
import { makeHolder } from './holder.ts';
import { Launcher } from './launcher.ts';

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
  // Never kept: it ends with the launcher, and that with this process.
  const launcher = new Launcher(['DEVSTEAD_VOLUMES', String(process.pid)]);
  try {
    const { pid } = await makeHolder(launcher, { idMap, network: 'host' });
    return await work((folder, argv, stdio) =>
      spawnProcess(['nsenter', '-t', String(pid), '-U', '-S', '0', '-G', '0', '--', ...argv], {
        cwd: folder,
        env: { PATH: systemPath, LC_ALL: 'C.UTF-8' },
        stdio,
      }),
    );
  } finally {
    launcher.close();
  }
}
