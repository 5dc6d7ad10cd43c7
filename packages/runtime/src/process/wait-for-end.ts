import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessId } from './process-table.ts';

/** Waits until a process has ended. False when it has not by then. */
export async function waitForEnd(target: ProcessId, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(target)) {
    if (performance.now() > deadline) return false;
    await delay(4);
  }
  return true;
}
