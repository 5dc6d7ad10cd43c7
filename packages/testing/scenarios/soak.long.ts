import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from '../src/environment-variables.ts';
import { SoakBench, type SoakRound } from '../src/soak-bench.ts';
import { growthOf, readTrend } from '../src/trend.ts';

const { soakRounds = 500, soakSeed = Math.trunc(Date.now() % 1_000_000) + 1 } = readTestSettings();

/** The most that each figure may grow over all rounds, as a part of what it is at first. */
const limits: readonly (readonly [figure: keyof SoakRound, limit: number])[] = [
  ['startMs', 0.05],
  ['stopMs', 0.05],
  ['residentKb', 0.1],
  ['openFiles', 0],
  // The log of a workspace that is used grows up to its limit.
  ['stateBytes', 0.5],
];

describe(`${soakRounds} starts and stops`, () => {
  let bench: SoakBench;
  const rounds: SoakRound[] = [];

  beforeAll(async () => {
    process.stdout.write(`soak: DEVSTEAD_SOAK_SEED=${soakSeed} DEVSTEAD_SOAK_ROUNDS=${soakRounds}\n`);
    bench = new SoakBench(soakSeed);
    await bench.begin();
  });
  afterAll(() => bench.remove());

  it('must all end well', async () => {
    while (rounds.length < soakRounds) {
      rounds.push(await bench.round());
      if (rounds.length % 50 === 0) process.stdout.write(`soak: ${rounds.length} of ${soakRounds}\n`);
    }
    for (const [figure] of limits) {
      const { median, slope, shift } = readTrend(rounds.map((round) => round[figure]));
      const part = (value: number): string => `${(100 * value).toFixed(1)} %`;
      process.stdout.write(
        `soak: ${figure.padEnd(10)} median ${median.toFixed(0)}, slope ${part(slope)}, last fifth ${part(shift)}\n`,
      );
    }
  });

  it.each(limits)('must not make %s grow', (figure, limit) => {
    expect(growthOf(readTrend(rounds.map((round) => round[figure])))).toBeLessThanOrEqual(limit);
  });

  it('must leave no process, mount, control group, port or file more than one of them', async () => {
    expect(await bench.findAdded()).toEqual([]);
  });
});
