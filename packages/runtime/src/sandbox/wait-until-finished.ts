import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { isAlive } from '../process/process-table.ts';
import { readMadeContainer } from '../state/made-container.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { stopContainer } from './start-container.ts';
import { lastLines, waitForExitCode } from './wait-until-ready.ts';

const lookEveryMs = 10;

/**
 * Waits until a container's program has ended with 0, however long that takes. When it is interrupted, it ends the
 * container. Throws CONTAINER_FAILED.
 */
export async function waitUntilFinished(
  context: SandboxContext,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  const paths = context.paths.container(container);
  const made = readMadeContainer(paths);
  while (made?.init !== undefined && isAlive(made.init)) {
    if (signal.aborted) {
      await stopContainer(paths, made);
      signal.throwIfAborted();
    }
    await delay(lookEveryMs);
  }
  const code = await waitForExitCode(context, container);
  if (code === 0) return;
  throw new AppError('CONTAINER_FAILED', `${container} ended with code ${code ?? 'unknown'}`, {
    details: lastLines(context, container),
    hint: `Read \`devstead logs ${container}\`.`,
  });
}
