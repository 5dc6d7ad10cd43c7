import { readFileSync } from 'node:fs';

/**
 * What passed and failed, and the full names of the tests that did not run.
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Counts
 */

/**
 * Counts the tests of one vitest run from its JSON report. A run that failed without a failed test (a file that does
 * not load, an error outside of tests, no report) counts as one failed.
 * @param {string} path
 * @param {boolean} isPassed whether vitest's exit code was 0
 * @param {string} runName for the message when there is no report
 * @returns {Counts}
 */
export function readVitestReport(path, isPassed, runName) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const file of readFiles(path, runName)) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped.push(test.fullName);
    }
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) counts.failed += 1;
  }
  if (!isPassed && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * @param {Counts} left
 * @param {Counts} right
 * @returns {Counts}
 */
export function addCounts(left, right) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: [...left.skipped, ...right.skipped],
  };
}

/**
 * The names of the skipped tests, if any, and the closing line.
 * @param {Counts} counts
 */
export function formatCounts({ passed, failed, skipped }) {
  const names = skipped.length > 0 ? `skipped:\n${skipped.map((name) => `  ${name}\n`).join('')}\n` : '';
  return `${names}${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

/**
 * @param {string} path
 * @param {string} runName
 * @returns {{ status: string, assertionResults: { status: string, fullName: string }[] }[]}
 */
function readFiles(path, runName) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch (error) {
    process.stdout.write(
      `${runName}: vitest left no report (${error instanceof Error ? error.message : String(error)})\n`,
    );
    return [];
  }
}
