import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeChildEnvironment, repositoryRoot, requireNode } from './repository.mjs';
import { setUp } from './setup.mjs';

const folder = join(repositoryRoot, 'bench');
const all = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'run.ts')))
  .sort();
const words = process.argv.slice(2);
// A number is how many rounds each of them runs; an option chooses what is measured of it.
const passed = words.filter((word) => /^(\d+$|--)/.test(word));
const named = words.filter((word) => !passed.includes(word));
const unknown = named.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown benchmark: ${unknown.join(', ')}\nThere are: ${all.join(', ')}\n`);
  process.exit(2);
}

setUp('bench');
const node = requireNode();
for (const name of named.length > 0 ? named : all) {
  process.stdout.write(`\n== ${name}\n`);
  const result = spawnSync(node, ['--disable-warning=ExperimentalWarning', join('bench', name, 'run.ts'), ...passed], {
    cwd: repositoryRoot,
    env: makeChildEnvironment(),
    stdio: 'inherit',
  });
  if (result.status !== 0) {
    process.stderr.write(
      `${name} failed (${result.error?.message ?? result.signal ?? `exit code ${result.status}`})\n`,
    );
    process.exitCode = 1;
  }
}
