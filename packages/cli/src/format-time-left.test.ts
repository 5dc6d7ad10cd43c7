import { describe, expect, it } from 'vitest';
import { formatTimeLeft } from './format-time-left.ts';

const now = Date.UTC(2025, 0, 1);
const at = (ms: number): string => new Date(now + ms).toISOString();

describe('the time left', () => {
  it.each([
    [-1, 'expired'],
    [0, 'expired'],
    [59_000, 'expires in less than a minute'],
    [60_000, 'expires in 1 min'],
    [3_600_000, 'expires in 1 h'],
    [3_660_000, 'expires in 1 h 1 min'],
    [3 * 86_400_000 - 1, 'expires in 2 d 23 h'],
    [3 * 86_400_000, 'expires in 3 d'],
  ])('of %d ms is told as %s', (ms, text) => {
    expect(formatTimeLeft(at(ms), now)).toBe(text);
  });
});
