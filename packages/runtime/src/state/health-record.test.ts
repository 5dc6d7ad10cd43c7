import { describe, expect, it } from 'vitest';
import { addAnswer, type HealthRecord } from './health-record.ts';

const answer = (exitCode: number) => ({ start: 's', end: 'e', exitCode, output: '' });

/** The record after answers with these exit codes; those before `grace` came in the start period. */
function after(codes: readonly number[], grace = 0): HealthRecord | undefined {
  return codes.reduce<HealthRecord | undefined>(
    (record, code, index) => addAnswer(record, answer(code), { retries: 3, counts: index >= grace }),
    undefined,
  );
}

describe('the health of a container', () => {
  it.each([
    [[1, 1], 0, 'starting', 2],
    [[1, 1, 1], 0, 'unhealthy', 3],
    [[1, 1, 0], 0, 'healthy', 0],
    [[0, 1, 1], 0, 'healthy', 2],
    [[0, 1, 1, 1], 0, 'unhealthy', 3],
    [[1, 1, 1, 0], 0, 'healthy', 0],
    // In the start period failures do not count, until a check has passed.
    [[1, 1, 1, 1, 1], 4, 'starting', 1],
    [[0, 1, 1, 1], 9, 'unhealthy', 3],
  ])('after %j, of which %d in the start period, is %s', (codes, grace, status, failingStreak) => {
    expect(after(codes, grace)).toMatchObject({ status, failingStreak });
  });

  it('keeps the last five answers', () => {
    expect(after([9, 1, 2, 3, 4, 5])?.log.map(({ exitCode }) => exitCode)).toEqual([1, 2, 3, 4, 5]);
  });
});
