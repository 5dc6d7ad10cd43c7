import { describe, expect, it } from 'vitest';
import { parseQuantity, suggestQuantity, toThousandths, toUnits } from './quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['512Mi', 512 * 1024 ** 2],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['100M', 100e6],
    ['1k', 1000],
    ['1E', 1e18],
    ['1E3', 1000],
    ['2e3', 2000],
    ['.5', 1],
    ['1.', 1],
    ['+7', 7],
    ['-3', -3],
    ['1n', 1],
    ['0', 0],
  ])('reads %s as %d units, rounded up', (text, units) => {
    expect(toUnits(parseQuantity(text) ?? -1n)).toBe(units);
  });

  it.each([
    ['2000m', 2000],
    ['0.5', 500],
    ['1e-1', 100],
    ['100u', 1],
    ['2', 2000],
  ])('reads %s as %d thousandths', (text, thousandths) => {
    expect(toThousandths(parseQuantity(text) ?? -1n)).toBe(thousandths);
  });

  it.each(['', 'abc', '512MB', '1GB1', '2Gigs', '1 Gi', '1e', '1Ki2', '.', '--1', '1_000', '9'.repeat(200)])(
    'refuses %j',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  it('compares exactly where floating point does not', () => {
    expect(parseQuantity('9007199254740993')).toBeGreaterThan(parseQuantity('9007199254740992') ?? 0n);
    expect(parseQuantity('0.1')).toBe(parseQuantity('100m'));
    expect(parseQuantity('1Gi')).toBe(parseQuantity('1024Mi'));
  });

  it('stops at what Kubernetes holds, whatever the exponent', () => {
    expect(parseQuantity('1e999999999999')).toBe(parseQuantity('9223372036854775807'));
    expect(parseQuantity('1e-999999999999')).toBe(1n);
    expect(parseQuantity('0e999999999999')).toBe(0n);
  });
});

describe('suggestQuantity', () => {
  it.each([
    ['512MB', 'memory', '512M'],
    ['1 GiB', 'memory', '1Gi'],
    ['1.5gb', 'memory', '1.5G'],
    ['2 cores', 'cpu', '2'],
    ['500 m', 'cpu', '500m'],
    ['much', 'memory', undefined],
    ['1Gi', 'memory', undefined],
    ['2MB', 'cpu', undefined],
  ] as const)('reads %s of %s as %s', (text, resource, expected) => {
    expect(suggestQuantity(text, resource)).toBe(expected);
  });
});
