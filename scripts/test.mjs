import { runChecks } from './run-checks.mjs';
import { setUp } from './setup.mjs';

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--long')) {
  process.stderr.write('Usage: node scripts/test.mjs [--long]\n');
  process.exit(2);
}
setUp('test');
process.exitCode = runChecks({ isLong: args.includes('--long'), only: [] });
