import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, makeChildEnvironment, repositoryRoot } from './repository.mjs';

/** @typedef {{ version: string, description: string, license: string, dependencies: Record<string, string>,
 *   optionalDependencies: Record<string, string> }} Manifest */

/**
 * @param {string} path in the repository
 * @returns {Manifest}
 */
export function readManifest(path) {
  return JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'));
}

/**
 * Makes npm's archive of a folder beside it, and prints its name and size.
 * @param {string} folder
 */
export function makeArchive(folder) {
  const packed = spawnSync('npm', ['pack', '--silent', folder], {
    cwd: dirname(folder),
    env: makeChildEnvironment(),
    encoding: 'utf8',
  });
  if (packed.status !== 0) fail(`npm pack failed: ${packed.stderr.trim()}`, 'Read what it says and mend it.', 1);
  const archive = join(dirname(folder), packed.stdout.trim());
  process.stdout.write(`${archive}  ${(statSync(archive).size / 1024).toFixed(0)} KiB\n`);
}
