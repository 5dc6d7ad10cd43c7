import { describe, expect, it } from 'vitest';
import { countFailures, isToRestart, restartDelayMs } from './restart-policy.ts';

describe('the pause before a restart', () => {
  it('doubles from a tenth of a second to half a minute', () => {
    const delays = Array.from({ length: 12 }, (_, index) => restartDelayMs(index + 1));
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
  });

  it('has bounds for any count', () => {
    expect(restartDelayMs(0)).toBe(100);
    expect(restartDelayMs(100_000)).toBe(30_000);
  });
});

describe('failures in a row', () => {
  it('are forgotten when a container ran for a minute', () => {
    expect(countFailures(7, 59_999)).toBe(8);
    expect(countFailures(7, 60_000)).toBe(1);
    expect(countFailures(0, 0)).toBe(1);
  });
});

describe('a container that ended by itself', () => {
  it.each([
    [undefined, 0, 0, true],
    [{ policy: 'no' }, 1, 0, false],
    [{ policy: 'always' }, 0, 99, true],
    [{ policy: 'unless-stopped' }, 0, 99, true],
    [{ policy: 'on-failure' }, 0, 0, false],
    [{ policy: 'on-failure' }, 1, 99, true],
    [{ policy: 'on-failure', maxRetries: 2 }, 1, 1, true],
    [{ policy: 'on-failure', maxRetries: 2 }, 1, 2, false],
  ] as const)('with %j, code %d and %d restarts is started again: %s', (policy, code, restarts, isAgain) => {
    expect(isToRestart(policy, code, restarts)).toBe(isAgain);
  });
});
