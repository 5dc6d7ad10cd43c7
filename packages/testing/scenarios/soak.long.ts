import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from '../src/environment-variables.ts';
import { SoakBench, type SoakRound } from '../src/soak-bench.ts';
import { growthOf, readTrend, type Trend, takeQuietest } from '../src/trend.ts';

const { soakRounds = 500, soakSeed = Math.trunc(Date.now() % 1_000_000) + 1 } = readTestSettings();

/** The most that each figure may grow over all rounds, as a part of what it is at first. */
const limits: readonly (readonly [figure: keyof SoakRound, limit: number])[] = [
  ['startMs', 0.05],
  ['stopMs', 0.05],
  ['residentKb', 0.05],
  ['openFiles', 0],
  // The log of a workspace that is used grows up to its limit.
  ['stateBytes', 0.5],
];

const isTime = (figure: keyof SoakRound): boolean => figure.endsWith('Ms');

/** The trend of a figure, and of a time also that of its relation to a command that starts nothing. */
function readTrends(rounds: readonly SoakRound[], figure: keyof SoakRound): Trend[] {
  const values = rounds.map((round) => round[figure]);
  if (!isTime(figure)) return [readTrend(values)];
  const quietest = takeQuietest(values);
  const yardstick = takeQuietest(rounds.map(({ yardstickMs }) => yardstickMs));
  return [readTrend(quietest), readTrend(quietest.map((value, index) => value / (yardstick[index] ?? Number.NaN)))];
}

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
    const part = (value: number): string => `${(100 * value).toFixed(1)} %`;
    for (const [figure] of limits) {
      const trends = readTrends(rounds, figure).map(
        ({ median, slope, shift }) =>
          `median ${median.toFixed(median < 100 ? 2 : 0)}, slope ${part(slope)}, last fifth ${part(shift)}`,
      );
      process.stdout.write(`soak: ${figure.padEnd(10)} ${trends.join('; by yardstick ')}\n`);
    }
  });

  it.each(limits)('must not make %s grow', (figure, limit) => {
    expect(Math.min(...readTrends(rounds, figure).map(growthOf))).toBeLessThanOrEqual(limit);
  });

  it('must leave no process, mount, control group, port or file more than one of them', async () => {
    expect(await bench.findAdded()).toEqual([]);
  });
});
