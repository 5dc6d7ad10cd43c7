import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseSince, parseTail } from './parse-since.ts';

describe('--since', () => {
  it('takes a duration before now and a date', () => {
    expect(parseSince('10m', 1_000_000)).toBe(400_000);
    expect(parseSince('2025-01-31T08:00:00Z', 0)).toBe(Date.UTC(2025, 0, 31, 8));
  });

  it.each(['yesterday', '', '10 minutes', '-5m', '2025-13-45'])('refuses %j', (text) => {
    expect(() => parseSince(text, 0)).toThrowError(InvalidArgumentError);
  });
});

describe('--tail', () => {
  it('takes a number and all', () => {
    expect(parseTail('0')).toBe(0);
    expect(parseTail('12')).toBe(12);
    expect(parseTail('all')).toBeUndefined();
  });

  it.each(['-1', '1.5', 'x', ''])('refuses %j', (text) => {
    expect(() => parseTail(text)).toThrowError(InvalidArgumentError);
  });
});
