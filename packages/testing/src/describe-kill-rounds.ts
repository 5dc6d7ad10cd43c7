import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from './environment-variables.ts';
import { KillBench } from './kill-bench.ts';
import { describeKillRound, killedSteps, planKillRounds } from './kill-rounds.ts';

/** Registers that many rounds; the seed is printed, and DEVSTEAD_KILL_SEED repeats one. */
export function describeKillRounds(count: number): void {
  const seed = readTestSettings().killSeed ?? Math.trunc(Date.now() % 1_000_000) + 1;
  process.stdout.write(`kill rounds: DEVSTEAD_KILL_SEED=${seed}\n`);
  const rounds = planKillRounds(count, seed).map((round) => [describeKillRound(round), round] as const);
  describe(`kill rounds with seed ${seed}: what kill -9 leaves must be mended by the next command`, () => {
    let bench: KillBench;
    beforeAll(async () => {
      bench = await KillBench.start();
    });
    afterAll(() => bench.remove());

    it('spreads over every step there is', async () => {
      expect((await bench.listSteps()).sort()).toEqual([...killedSteps.up].sort());
    });

    it.each(rounds)('%s', async (_title, round) => {
      expect(await bench.run(round)).toEqual({
        keys: round.number,
        lastRound: round.number,
        hasRoute: true,
        supervisors: 1,
        reaches: true,
        networks: 2,
        servers: 2,
        containers: 3,
        hasSources: true,
        remains: [],
      });
    });

    it('leaves nothing when the volumes are removed as well', async () => {
      expect(await bench.finish()).toEqual([]);
    });
  });
}
