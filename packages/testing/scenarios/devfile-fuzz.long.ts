import { expect, it } from 'vitest';
import { runFuzz } from '../src/devfile-fuzz/run-fuzz.ts';

const seconds = 600;

it('reading devfiles is fuzzed for ten minutes', { timeout: 2 * seconds * 1000 }, () => {
  const { cases } = runFuzz(seconds);
  expect(Object.values(cases).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10_000);
});
