import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { runProcess } from '../process/run-process.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';

/**
 * Gives a command's terminal the size of this process's own whenever that changes, until the command ends. crun carries
 * over only the size at the start, and tells the command of a change that did not happen.
 */
export function followTerminalSize(child: ChildProcess, holder: Holder): void {
  const { stdout } = process;
  let wanted = '';
  let isSetting = false;
  const update = async (): Promise<void> => {
    wanted = `rows ${stdout.rows} cols ${stdout.columns}`;
    if (isSetting) return;
    isSetting = true;
    // One after the other: while a window is dragged its size changes faster than it is set.
    for (let set = ''; set !== wanted; ) {
      set = wanted;
      const command = findChild(child.pid);
      if (command === undefined) break;
      const argv = [...enterAsInnerRoot(holder), 'stty', '-F', `/proc/${command}/fd/0`, ...set.split(' ')];
      // A terminal that keeps its old size is a blemish, not a failure.
      await runProcess(argv).catch(() => undefined);
    }
    isSetting = false;
  };
  const onResize = (): void => void update();
  stdout.on('resize', onResize);
  child.once('close', () => stdout.off('resize', onResize));
}

/** The command's first process: the only child of the process that stands for it. */
function findChild(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .find((entry) => entry !== '');
  } catch {
    return undefined;
  }
}
