import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainMissingEngine } from '../engines/private-engine.ts';
import { readTestSettings } from '../environment-variables.ts';
import { KillBench } from './kill-bench.ts';
import { describeKillRound, planKillRounds } from './kill-rounds.ts';
import type { KilledWorkspace } from './kill-subject.ts';

/** Registers that many rounds; the seed is printed, and DEVSTEAD_KILL_SEED repeats one. */
export function describeKillRounds<Found>(count: number, workspace: KilledWorkspace<Found>): void {
  const { name, steps, engine } = workspace;
  const missing = engine === undefined ? undefined : explainMissingEngine(engine);
  const seed = readTestSettings().killSeed ?? Math.trunc(Date.now() % 1_000_000) + 1;
  process.stdout.write(`kill rounds of ${name}: DEVSTEAD_KILL_SEED=${seed}\n`);
  const rounds = planKillRounds(readTestSettings().killRounds ?? count, seed, workspace).map(
    (round) => [describeKillRound(round), round] as const,
  );
  const title = missing ?? `what kill -9 leaves must be mended by the next command`;
  describe.skipIf(missing !== undefined)(`kill rounds of ${name} with seed ${seed}: ${title}`, () => {
    let bench: KillBench<Found>;
    beforeAll(async () => {
      bench = await KillBench.start(workspace);
    }, 300_000);
    afterAll(() => bench?.remove());

    it('spreads over every step there is', async () => {
      expect((await bench.listSteps()).sort()).toEqual([...steps.up].sort());
    });

    it.each(rounds)('%s', async (_title, round) => {
      const { outcome, expected } = await bench.run(round);
      expect(outcome).toEqual(expected);
    });

    it('leaves nothing when the volumes are removed as well', async () => {
      expect(await bench.finish()).toEqual([]);
    });
  });
}
