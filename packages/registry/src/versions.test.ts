import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from './versions.ts';

describe('compareVersions', () => {
  it('puts versions in the order of Semantic Versioning 2.0.0, 11', () => {
    const sorted = [
      'none',
      '0.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-2',
      '1.0.0',
      '1.2',
      '1.2.1',
      '1.10.0',
      '2.0.0.1',
    ];
    const shuffled = [
      '1.10.0',
      '1.0.0',
      'none',
      '1.0.0-alpha.beta',
      '1.2.1',
      '2.0.0.1',
      '0.9',
      '1.0.0-alpha',
      '1.2',
      '1.0.0-alpha.1',
      '1.0.0-2',
    ];
    const numbersFirst = [
      'none',
      '0.9',
      '1.0.0-2',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      ...sorted.slice(6),
    ];
    expect(shuffled.toSorted(compareVersions)).toEqual(numbersFirst);
  });

  it('takes missing numbers for 0', () => expect(compareVersions('1.2', '1.2.0')).toBe(0));

  it('is an order: the same for both sides', () => {
    const version = fc
      .tuple(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        fc.option(fc.stringMatching(/^[0-9a-b]{1,3}(\.[0-9a-b]{1,2})?$/)),
      )
      .map(([numbers, before]) => numbers.join('.') + (before === null ? '' : `-${before}`));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const isSorted = compareVersions(a, b) > 0 || compareVersions(b, c) > 0 || compareVersions(a, c) <= 0;
        expect([Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), isSorted]).toEqual([0, true]);
      }),
    );
  });
});

describe('isVersion', () => {
  it.each(['1', '1.2', '1.2.3', '1.2.3.4', '1.0.0-beta.1'])('%s is one', (text) => expect(isVersion(text)).toBe(true));
  it.each(['', 'v1.0', '1.', '..', '1.0/..', '1.0+build', '1.2.3.4.5', 'latest', '1 0', '1.0-', '9'.repeat(10)])(
    '%j is none',
    (text) => expect(isVersion(text)).toBe(false),
  );
});
