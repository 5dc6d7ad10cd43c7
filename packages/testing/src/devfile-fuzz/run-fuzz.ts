import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readTestSettings } from '../environment-variables.ts';
import type { FuzzReport } from './fuzz-process.ts';

/** Longer than any batch may take on a busy machine. */
const graceMs = 60_000;

/**
 * Lets the fuzzing of devfiles run in a process of its own, so that what kills or hangs it is a finding too, and prints seed,
 * cases and coverage. Throws with the input when there is a finding. `DEVSTEAD_FUZZ_SEED` sets the seed.
 */
export function runFuzz(seconds: number): FuzzReport {
  const { fuzzSeed = Math.trunc(Date.now() % 1_000_000_000) + 1 } = readTestSettings();
  const program = fileURLToPath(new URL('fuzz-process.ts', import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, String(seconds), String(fuzzSeed)],
    { encoding: 'utf8', timeout: seconds * 1000 + graceMs, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024 },
  );
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const how = `DEVSTEAD_FUZZ_SEED=${fuzzSeed}`;
  if (status !== 0) throw new Error(`fuzzing ended with ${signal ?? status}; ${how}; last said: ${last}\n${stderr}`);
  const report: FuzzReport = JSON.parse(last);
  const counts = Object.entries(report.cases).map(([name, count]) => `${name} ${count}`);
  const { functions, functionsRun, characters, charactersRun } = report.coverage;
  process.stdout.write(
    [
      `fuzz: ${how}, ${seconds} s, ${counts.join(', ')}; slowest ${report.slowestMs.toFixed(0)} ms`,
      `fuzz: covered ${functionsRun} of ${functions} functions, ${((100 * charactersRun) / characters).toFixed(1)} % of the code`,
      '',
    ].join('\n'),
  );
  return report;
}
