import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeChildEnvironment, repositoryRoot, requireNode } from './repository.mjs';

/**
 * What is generated and by which script. Each writes its files by `writeGeneratedFile` of generated-files.mjs, so that
 * `--check` writes nothing and fails when a file is not what the script would write.
 */
const generators = [
  { what: 'schema validators', script: 'scripts/compile-schemas.mjs' },
  { what: 'schema words', script: 'scripts/compile-schema-words.mjs' },
  { what: 'system call filters', script: 'scripts/compile-seccomp.mjs' },
  { what: 'reference', script: 'scripts/generate-reference.mjs' },
];

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== '--check');
if (unknown.length > 0) {
  process.stderr.write(`Unknown argument: ${unknown.join(' ')}\nUsage: node scripts/generate.mjs [--check]\n`);
  process.exit(2);
}

const node = requireNode();
for (const { what, script } of generators) {
  if (!existsSync(join(repositoryRoot, script))) {
    process.stderr.write(`${what}: ${script} is missing\n`);
    process.exitCode = 1;
    continue;
  }
  const result = spawnSync(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
    cwd: repositoryRoot,
    env: makeChildEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status === 0) continue;
  process.exitCode = 1;
  process.stderr.write(`${what}: ${args.includes('--check') ? 'not up to date; run "npm run generate"' : 'failed'}\n`);
}
