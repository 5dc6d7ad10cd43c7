import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { growthOf, readTrend, takeQuietest } from './trend.ts';

const rowOf = (count: number, value: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => value(index));

describe('a trend', () => {
  it('of a line is its growth', () => {
    const { median, slope, shift } = readTrend(rowOf(101, (index) => 100 + index));
    expect(median).toBe(150);
    expect(slope).toBeCloseTo(100 / 150);
    expect(shift).toBeCloseTo(80 / 110);
  });

  it('of values that stay is none', () => {
    expect(readTrend(rowOf(50, () => 7))).toEqual({ median: 7, slope: 0, shift: 0 });
  });

  it('finds growth under noise, and none in noise alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const random = createRandom(seed);
        const noise = rowOf(500, () => 400 + random.below(40));
        expect(Math.abs(growthOf(readTrend(noise)))).toBeLessThan(0.03);
        const growing = noise.map((value, index) => value * (1 + 0.2 * (index / 499)));
        expect(growthOf(readTrend(growing))).toBeGreaterThan(0.05);
      }),
    );
  });

  it('is not taken in by a machine that was busy for a while', () => {
    const busy = rowOf(500, (index) => (index > 250 && index < 380 ? 700 : 400));
    expect(readTrend(busy).slope).toBeGreaterThan(0.05);
    expect(growthOf(readTrend(busy))).toBe(0);
  });

  it('of the quietest values passes over what comes and goes', () => {
    const values = rowOf(500, (index) => (index % 5 === 2 ? 400 : 400 + index));
    expect(growthOf(readTrend(values))).toBeGreaterThan(0.5);
    expect(takeQuietest(values)).toEqual(rowOf(100, () => 400));
    expect(takeQuietest(rowOf(23, (index) => index))).toEqual(rowOf(11, (index) => 2 * index));
  });

  it('needs some values', () => {
    expect(() => readTrend([1, 2, 3])).toThrowError('3 values');
  });
});
