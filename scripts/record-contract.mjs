import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.mjs';

/**
 * Keeps which tests of the contract of runtimes passed on the sandbox, Docker and Podman, from vitest's JSON reports of its
 * runs. What they say takes the place of what is kept, test by test; without a report only names that went or came are. `npm run generate` writes the table of
 * docs/reference/engines.md from what is kept. Unless `--incomplete` is given, nothing is kept of a contract that did not
 * hold on all three.
 *
 * @typedef {{ version?: string, lacks: readonly string[] }} RuntimeFacts
 * @typedef {{ ancestorTitles: string[], title: string, status: string, meta?: { runtime?: RuntimeFacts } }} Result
 */
const runtimes = ['sandbox', 'docker', 'podman'];
const isIncomplete = process.argv.includes('--incomplete');
const files = process.argv.slice(2).filter((word) => word !== '--incomplete');
const results = join(repositoryRoot, 'packages/testing/contract-results.generated.json');
/** @type {{ runtimes: Record<string, RuntimeFacts>, groups: Record<string, Record<string, string[]>> }} */
const kept = JSON.parse(readFileSync(results, 'utf8'));

/** @type {Map<string, string>} status by runtime, group and name */
const statuses = new Map(
  Object.entries(kept.groups).flatMap(([group, tests]) =>
    Object.entries(tests).flatMap(([name, passed]) => passed.map((one) => [`${one} > ${group} > ${name}`, 'passed'])),
  ),
);
/** @type {Map<string, RuntimeFacts>} */
const facts = new Map(Object.entries(kept.runtimes));
for (const file of files) {
  /** @type {{ testResults: { assertionResults: Result[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const { ancestorTitles, title, status, meta } of report.testResults.flatMap((one) => one.assertionResults)) {
    const at = ancestorTitles.findIndex((name) => name.startsWith('runtime contract: '));
    const runtime = ancestorTitles[at]?.replace('runtime contract: ', '') ?? '';
    if (!runtimes.includes(runtime) || status === 'skipped' || status === 'pending') continue;
    statuses.set([runtime, ...ancestorTitles.slice(at + 1), title].join(' > '), status);
    if (meta?.runtime !== undefined) facts.set(runtime, meta.runtime);
  }
}

const problems = runtimes.filter((name) => !facts.has(name)).map((name) => `${name} did not say what it goes without`);
/** @type {Record<string, Record<string, string[]>>} the runtimes on which it passed, by group and name */
const groups = {};
for (const name of listContract()) {
  const [group = '', ...words] = name.split(' > ');
  const passed = runtimes.filter((runtime) => statuses.get(`${runtime} > ${name}`) === 'passed');
  groups[group] = { ...groups[group], [words.join(' > ')]: passed };
  for (const runtime of runtimes.filter((one) => !passed.includes(one)))
    problems.push(`${runtime}: ${name}: ${statuses.get(`${runtime} > ${name}`) ?? 'not run'}`);
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  if (!isIncomplete) process.exit(1);
}
const runtimeFacts = Object.fromEntries(runtimes.flatMap((name) => (facts.has(name) ? [[name, facts.get(name)]] : [])));
writeFileSync(results, `${JSON.stringify({ runtimes: runtimeFacts, groups }, null, 2)}\n`);

/** The tests that there are now, as `group > name`. */
function listContract() {
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs');
  const scenario = join(repositoryRoot, 'packages/testing/scenarios/sandbox-contract.scenario.ts');
  const words = [vitest, 'list', '--json', '--no-static-parse', '--project=scenarios', scenario];
  const { stdout } = spawnSync(process.execPath, words, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 2 ** 24 });
  /** @type {{ name: string }[]} */
  const tests = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return tests.map(({ name }) => name.replace(/^runtime contract: sandbox > /, ''));
}
