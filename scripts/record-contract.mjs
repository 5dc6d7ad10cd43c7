import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository.mjs';

/**
 * Keeps how the contract of runtimes went on the sandbox, Docker and Podman, from vitest's JSON reports of its runs; later
 * reports add to earlier ones. `npm run generate` writes the table of docs/reference/engines.md from what is kept. Nothing
 * is kept of a contract that did not hold, or that is not the same on all three.
 *
 * @typedef {{ version?: string, lacks: readonly string[] }} RuntimeFacts
 * @typedef {{ ancestorTitles: string[], title: string, status: string, meta?: { runtime?: RuntimeFacts } }} Result
 */
const runtimes = ['sandbox', 'docker', 'podman'];
const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write('Usage: node scripts/record-contract.mjs REPORT.json...\n');
  process.exit(2);
}

/** @type {Map<string, Map<string, string>>} status by runtime, by group and name */
const found = new Map();
/** @type {Map<string, RuntimeFacts>} */
const facts = new Map();
for (const file of files) {
  /** @type {{ testResults: { assertionResults: Result[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const { ancestorTitles, title, status, meta } of report.testResults.flatMap((one) => one.assertionResults)) {
    const at = ancestorTitles.findIndex((name) => name.startsWith('runtime contract: '));
    const runtime = ancestorTitles[at]?.replace('runtime contract: ', '') ?? '';
    if (!runtimes.includes(runtime) || status === 'skipped' || status === 'pending') continue;
    const key = JSON.stringify([ancestorTitles.slice(at + 1).join(' '), title]);
    found.set(key, (found.get(key) ?? new Map()).set(runtime, status));
    if (meta?.runtime !== undefined) facts.set(runtime, meta.runtime);
  }
}

const problems = [
  ...runtimes.filter((name) => !facts.has(name)).map((name) => `${name} did not say what it goes without`),
  ...[...found].flatMap(([key, statuses]) =>
    runtimes
      .filter((name) => statuses.get(name) !== 'passed')
      .map((name) => `${name}: ${JSON.parse(key).join(' ')}: ${statuses.get(name) ?? 'not run'}`),
  ),
];
if (found.size === 0) problems.push('the reports have no contract of runtimes');
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

/** @type {Record<string, string[]>} */
const groups = {};
for (const key of found.keys()) {
  const [group = '', name = ''] = JSON.parse(key);
  groups[group] = [...(groups[group] ?? []), name];
}
writeFileSync(
  join(repositoryRoot, 'packages/testing/contract-results.json'),
  `${JSON.stringify({ runtimes: Object.fromEntries(runtimes.map((name) => [name, facts.get(name)])), groups }, null, 2)}\n`,
);
