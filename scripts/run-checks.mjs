import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, makeChildEnvironment, repositoryRoot, requireNode } from './repository.mjs';
import { addCounts, formatCounts, readVitestReport } from './test-counts.mjs';

/**
 * One step. `program` is a JavaScript file under the repository. A step with `vitest` counts its tests; any other
 * counts as one.
 * @typedef {{ name: string, program: string, args: readonly string[], vitest?: true, longOnly?: true }} Check
 */

const vitest = 'node_modules/vitest/vitest.mjs';

/** @type {readonly Check[]} */
const checks = [
  { name: 'types', program: 'node_modules/typescript/bin/tsc', args: ['-p', 'tsconfig.json'] },
  {
    name: 'lint',
    program: 'node_modules/oxlint/bin/oxlint',
    args: ['--type-aware', '--report-unused-disable-directives', '--deny-warnings'],
  },
  { name: 'format', program: 'node_modules/@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
  { name: 'unused', program: 'node_modules/knip/bin/knip.js', args: ['--no-progress', '--no-config-hints'] },
  { name: 'generated', program: 'scripts/generate.mjs', args: ['--check'] },
  { name: 'unit', program: vitest, args: ['run', '--project=unit'], vitest: true },
  { name: 'scenarios', program: vitest, args: ['run', '--project=scenarios'], vitest: true },
  { name: 'long', program: vitest, args: ['run', '--project=long'], vitest: true, longOnly: true },
];

/** The names of the steps, in their order. */
export const checkNames = checks.map((check) => check.name);

/**
 * Runs every step, whether or not one before it failed, and prints `N passed, N failed, N skipped` last.
 * @param {{ isLong: boolean, only: readonly string[] }} options `only`: names of the steps to run; none means all
 * @returns {number} exit code: 0 when nothing failed, else 1
 */
export function runChecks({ isLong, only }) {
  const node = requireNode();
  if (!existsSync(join(repositoryRoot, vitest))) {
    fail('The npm packages are not installed.', 'Run "npm ci", or "npm test", which does all set-up.', 1);
  }
  const folder = mkdtempSync(join(tmpdir(), 'devstead-check-'));
  const environment = { ...makeChildEnvironment(), ...(isLong ? { DEVSTEAD_LONG: '1' } : {}) };
  let counts = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]) };
  try {
    for (const check of checks) {
      if (only.length > 0 ? !only.includes(check.name) : check.longOnly && !isLong) continue;
      counts = addCounts(counts, runCheck(check, { node, environment, folder }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${formatCounts(counts)}\n`);
  return counts.failed === 0 ? 0 : 1;
}

/**
 * @param {Check} check
 * @param {{ node: string, environment: NodeJS.ProcessEnv, folder: string }} context
 */
function runCheck(check, { node, environment, folder }) {
  const report = join(folder, `${check.name}.json`);
  // Tests take minutes, so what they print is shown while they run; the other steps speak only when they fail.
  const reporters = check.vitest ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  process.stdout.write(check.vitest ? `${check.name}\n` : `${check.name.padEnd(10)} `);
  const start = Date.now();
  const result = spawnSync(node, [check.program, ...check.args, ...reporters], {
    cwd: repositoryRoot,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: check.vitest ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const isPassed = result.status === 0;
  const time = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  if (check.vitest) process.stdout.write(`${check.name.padEnd(10)} `);
  process.stdout.write(`${isPassed ? 'passed' : 'FAILED'} ${time}\n`);
  if (!isPassed && !check.vitest) process.stdout.write(`${result.stdout ?? ''}${result.stderr ?? ''}\n`);
  if (result.error) process.stdout.write(`${check.name}: ${result.error.message}\n`);
  if (check.vitest) return readVitestReport(report, isPassed, check.name);
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1, skipped: [] };
}
