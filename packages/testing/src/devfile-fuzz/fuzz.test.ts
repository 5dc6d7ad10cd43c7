import { expect, it } from 'vitest';
import { runFuzz } from './run-fuzz.ts';
import { fuzzTargets } from './targets.ts';

const seconds = 30;

it('no text, value or parent makes reading a devfile fail, hang or change what all objects share', {
  timeout: 180_000,
}, () => {
  const { cases, coverage } = runFuzz(seconds);
  for (const { name } of fuzzTargets) expect(cases[name]).toBeGreaterThan(0);
  expect(coverage.charactersRun / coverage.characters).toBeGreaterThan(0.8);
});
