import { isMainThread } from 'node:worker_threads';
import { type Coverage, startCoverage } from './coverage.ts';

/** What the process prints as its last line. */
export interface FuzzReport {
  readonly seed: number;
  readonly seconds: number;
  readonly cases: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly coverage: Coverage;
}

/** What it prints instead when something goes wrong. */
export interface FuzzFinding {
  readonly target: string;
  readonly batch: number;
  readonly problem: string;
  readonly input: unknown;
}

const casesABatch = 50;
/** Batches of each target, however long they take: what is covered does not depend on how busy the machine is. */
const leastRounds = 4;
/** Of one case, on a machine that does other things too; real ones take milliseconds. */
const mostMs = 3000;

/**
 * Goes round the targets until the time is over. Every batch has a seed of its own that follows from the first one, and is
 * announced before it starts: when the process dies or hangs, it is known at what.
 */
async function fuzz(seconds: number, seed: number): Promise<void> {
  const takeCoverage = await startCoverage(
    (url) => /\/packages\/devfile\/src\/(?!language\/)[^]*\.ts$/.test(url) && !/\.(?:test|fixture)\.ts$/.test(url),
  );
  // Counting has to begin before the code is loaded.
  const { fuzzTargets } = await import('./targets.ts');
  const cases: Record<string, number> = {};
  let slowestMs = 0;
  const end = Date.now() + seconds * 1000;
  for (let batch = 0; Date.now() < end || batch < leastRounds * fuzzTargets.length; batch++) {
    const target = fuzzTargets[batch % fuzzTargets.length];
    if (target === undefined) return;
    print({ batch, target: target.name });
    for (const input of target.sample({ numRuns: casesABatch, seed: seed + batch })) {
      const started = process.cpuUsage();
      try {
        await target.check(input);
        const { user, system } = process.cpuUsage(started);
        slowestMs = Math.max(slowestMs, (user + system) / 1000);
        if (slowestMs > mostMs) throw new Error(`it took ${slowestMs} ms`);
        findPollution();
      } catch (error) {
        const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
        print({ target: target.name, batch, problem, input } satisfies FuzzFinding);
        process.exitCode = 1;
        return;
      }
      cases[target.name] = (cases[target.name] ?? 0) + 1;
    }
  }
  print({ seed, seconds, cases, slowestMs, coverage: await takeCoverage() } satisfies FuzzReport);
}

const builtIn = [Object.prototype, Array.prototype, Function.prototype, Map.prototype];
const namesBefore = builtIn.map((prototype) => Reflect.ownKeys(prototype).length);

/** What stands in a file never reaches what all objects share. */
function findPollution(): void {
  for (const [index, prototype] of builtIn.entries()) {
    if (Reflect.ownKeys(prototype).length !== namesBefore[index]) throw new Error('a prototype was changed');
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (import.meta.main && isMainThread) await fuzz(Number(process.argv[2]), Number(process.argv[3]));
