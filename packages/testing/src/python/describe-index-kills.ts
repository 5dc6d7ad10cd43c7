import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from '../environment-variables.ts';
import { createRandom } from '../random.ts';
import { IndexKillBench } from './index-kill-bench.ts';

/** Registers that many rounds, or DEVSTEAD_KILL_ROUNDS of them; the seed is printed, and DEVSTEAD_KILL_SEED repeats one. */
export function describeIndexKills(most: number): void {
  const count = Math.min(most, readTestSettings().killRounds ?? most);
  const seed = readTestSettings().killSeed ?? Math.trunc(Date.now() % 1_000_000) + 1;
  process.stdout.write(`kill rounds of the index: DEVSTEAD_KILL_SEED=${seed}\n`);
  describe(`kill rounds of the index with seed ${seed}: what was acknowledged must be there, and nothing else`, () => {
    const random = createRandom(seed);
    let bench: IndexKillBench;
    beforeAll(async () => {
      bench = await IndexKillBench.start();
    });
    afterAll(() => bench?.remove());

    it.each(Array.from({ length: count }, (_, index) => index + 1))('round %i', async () => {
      const { startMs, ...found } = await bench.run(random);
      expect(found).toEqual({ lost: [], damaged: [], leftovers: [] });
      expect(startMs).toBeLessThan(10_000);
    });

    it('has kept everything of all rounds', async () => {
      const { kept, ...found } = await bench.finish();
      expect(kept).toBeGreaterThan(count);
      expect(found).toEqual({ lost: [], exitCode: 0 });
    });
  });
}
