import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks again and again until something is so; throws with `what` when the time is over, which is a limit for what never
 * comes: a busy machine is no failure.
 */
export async function waitUntil(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`never came: ${what}`);
    await delay(20);
  }
}
