import { describe, expect, it } from 'vitest';
import { parseSize } from './parse-size.ts';

describe('a size', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['1k', 1000],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['20GB', 20e9],
    ['2MiB', 2 ** 21],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '-1', '1X', 'Gi', '1e9', '1 Gi', '9'.repeat(20)])('%j is none', (text) => {
    expect(() => parseSize(text)).toThrow('Write a size');
  });
});
