import { checkNames, runChecks } from './run-checks.mjs';

const only = process.argv.slice(2);
const unknown = only.filter((name) => !checkNames.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown step: ${unknown.join(', ')}\nThere are: ${checkNames.join(', ')}\n`);
  process.exit(2);
}
process.exitCode = runChecks({ isLong: process.env.DEVSTEAD_LONG === '1', only });
