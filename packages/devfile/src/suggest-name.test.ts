import { describe, expect, it } from 'vitest';
import { suggestName } from './suggest-name.ts';

describe('suggestName', () => {
  it.each([
    ['nmae', ['name', 'value'], 'name'],
    ['memroyLimit', ['memoryLimit', 'memoryRequest'], 'memoryLimit'],
    ['Image', ['image'], 'image'],
    ['x', ['name'], undefined],
    ['custom', ['container', 'volume'], undefined],
    ['a'.repeat(1000), ['a'.repeat(1000)], undefined],
    ['name', [], undefined],
  ])('takes %s among %j for %s', (written, known, expected) => {
    expect(suggestName(written, known)).toBe(expected);
  });
});
