import { describe, expect, it } from 'vitest';
import { findLies } from './three-tier-load.ts';

const outage = { killedAt: 100, goneAt: 110, restartedAt: 200, servingAt: 300 };
const answer = (began: number, ended: number, code: number) => ({ began, ended, code });

describe('an answer about a database that was away for a while', () => {
  it.each([
    ['before it was killed', answer(80, 99, 200), answer(80, 99, 503)],
    ['while it was away', answer(120, 199, 503), answer(120, 199, 200)],
    ['while it was away, by nobody', answer(120, 199, 503), answer(120, 199, 0)],
    ['when it served again', answer(301, 302, 200), answer(301, 302, 503)],
  ])('%s is either true or a lie', (_when, truth, lie) => {
    expect(findLies([truth, lie], [outage])).toEqual([lie]);
  });

  it.each([answer(90, 105, 503), answer(90, 105, 200), answer(190, 210, 200), answer(210, 220, 503)])(
    'may be either while that changes: %j',
    (given) => {
      expect(findLies([given], [outage])).toEqual([]);
    },
  );

  it('is held to each of several outages', () => {
    const second = { killedAt: 400, goneAt: 410, restartedAt: 500, servingAt: 600 };
    const lie = answer(420, 430, 200);
    expect(findLies([lie, answer(420, 430, 503), answer(310, 399, 200)], [outage, second])).toEqual([lie]);
  });
});
