/**
 * What `devstead exec` of a trivial command costs over `devstead --version`, in turn, with the example running.
 * Usage: npm run bench -- exec [rounds]
 */
import { BenchStack, median, readRounds, time } from '../stack.ts';

const rounds = readRounds(20);
const stack = new BenchStack();
try {
  stack.devstead('up', '--no-commands');
  const version: number[] = [];
  const exec: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const plain = await time(() => stack.devstead('--version'));
    const command = await time(() => stack.devstead('exec', 'redis', 'true'));
    if (round < 0) continue;
    version.push(plain);
    exec.push(command);
  }
  const difference = median(exec.map((ms, index) => ms - (version[index] ?? Number.NaN)));
  console.log(
    `--version ${median(version).toFixed(0)} ms   exec true ${median(exec).toFixed(0)} ms   difference ${difference.toFixed(0)} ms  (medians of ${rounds})`,
  );
} finally {
  stack.remove();
}
