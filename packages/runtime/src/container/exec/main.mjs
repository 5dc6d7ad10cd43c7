// The entry of the process that stands for a command: plain JavaScript, so that the packed product has it under the same name.
import { readFileSync } from 'node:fs';
import { runExec } from './run-exec.ts';

// Without orders: whoever started it was killed before it could give them.
const orders = readFileSync(3, 'utf8');
if (orders !== '') {
  const code = await runExec(JSON.parse(orders));
  // What was printed is on its way; input that still comes must not hold this process.
  process.stdin.destroy();
  process.exitCode = code;
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(code);
}
