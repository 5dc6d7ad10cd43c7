import { AppError } from '@devstead/kit';
import {
  listWorkspaces,
  type PublishedPort,
  type Runtime,
  type RuntimeSettings,
  readRecordedEnvironment,
  type Workspace,
} from '@devstead/runtime';
import type { Io } from '../io.ts';
import { chooseForwards, type ForwardWish } from './choose-forwards.ts';

/** Gives endpoints of a running workspace ports of this machine. Throws WORKSPACE_NOT_RUNNING and what `chooseForwards` does. */
export async function prepareForwards(
  workspace: Workspace,
  runtime: Runtime,
  settings: RuntimeSettings,
  wishes: readonly ForwardWish[],
): Promise<PublishedPort[]> {
  if (!(await runtime.observe()).isSandboxRunning)
    throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const taken = new Set(listWorkspaces(settings.stateFolder).flatMap(({ record }) => Object.values(record.ports)));
  return chooseForwards(readRecordedEnvironment(workspace), wishes, { firstPort: settings.firstPort, taken });
}

const lookForEndMs = 1000;

/** Waits for the signal, then ends the forwarding; a workspace that is stopped meanwhile is WORKSPACE_NOT_RUNNING. */
export async function holdForwards(io: Io, runtime: Runtime, end: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener('abort', () => resolve(), { once: true });
      const look = async (): Promise<void> => {
        const { isSandboxRunning } = await runtime.observe();
        if (!isSandboxRunning) reject(new AppError('WORKSPACE_NOT_RUNNING', 'the workspace was stopped'));
      };
      timer = setInterval(() => void look().catch(reject), lookForEndMs);
    });
  } finally {
    clearInterval(timer);
    await end();
  }
}
