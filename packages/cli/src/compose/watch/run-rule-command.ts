import type { WatchRule } from '@devstead/environment';
import { type Runtime, waitForClose } from '@devstead/runtime';

/** Runs what a rule says to run once its files are there (`exec`), and returns its exit code. The signal ends it. */
export async function runRuleCommand(
  runtime: Runtime,
  container: string,
  { command, env, user, workingDir }: NonNullable<WatchRule['exec']>,
  signal: AbortSignal,
): Promise<number> {
  const child = runtime.exec({
    container,
    argv: command,
    env,
    ...(user === undefined ? {} : { user }),
    ...(workingDir === undefined ? {} : { workingDir }),
    hasTerminal: false,
    stdio: ['ignore', 2, 2],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await waitForClose(child, 'nsenter');
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
