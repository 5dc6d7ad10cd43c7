import type { RestartPolicy } from '../plan/container-spec.ts';

/** True when a container that ended by itself is to be started again (Compose Specification, `restart`). */
export function isToRestart(policy: RestartPolicy | undefined, exitCode: number, restarts: number): boolean {
  switch (policy?.policy) {
    case 'no':
      return false;
    case 'on-failure':
      return exitCode !== 0 && restarts < (policy.maxRetries ?? Number.POSITIVE_INFINITY);
    default:
      return true;
  }
}

const firstDelayMs = 100;
const longestDelayMs = 30_000;
/** A container that ran this long is healthy again: the next restart comes at once. */
const healthyAfterMs = 60_000;

/** How long to wait before a container is started again: doubled each time, from a tenth of a second to half a minute. */
export function restartDelayMs(failuresInARow: number): number {
  return Math.min(firstDelayMs * 2 ** Math.max(0, failuresInARow - 1), longestDelayMs);
}

/** Failures in a row after one more end. */
export function countFailures(before: number, ranForMs: number): number {
  return ranForMs >= healthyAfterMs ? 1 : before + 1;
}
