import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';

/**
 * Does work while no other process holds the same lock file. The kernel keeps the lock, through a small process that
 * ends as soon as this one does: a killed holder leaves nothing behind. Throws INTERRUPTED when aborted while waiting.
 */
export async function withLock<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  throwIfInterrupted(signal);
  const child = spawnProcess(['flock', '--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    detached: true,
    env: { PATH: systemPath },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = waitForClose(child, 'flock');
  ended.catch(() => undefined);
  child.stdin?.on('error', () => undefined);
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  const isHeld = new Promise<true>((resolve) => child.stdout?.once('data', () => resolve(true)));
  const first = await Promise.race([isHeld, ended]).finally(() => signal?.removeEventListener('abort', kill));
  try {
    throwIfInterrupted(signal);
    if (first !== true) throw new AppError('INTERNAL', `the lock ${file} cannot be taken (code ${first})`);
    return await work();
  } finally {
    child.stdin?.end();
    await ended.catch(() => undefined);
  }
}

/** Throws INTERRUPTED once the signal was given. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('INTERRUPTED', 'interrupted');
}
