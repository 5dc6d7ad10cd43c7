import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { repositoryRoot } from './repository.mjs';

const isCheck = process.argv.includes('--check');

/**
 * Writes a generated file. With `--check` on the command line it writes nothing, and instead names the file and makes
 * the process exit 1 when its content is not `text`.
 * @param {string} path absolute
 * @param {string} text
 */
export function writeGeneratedFile(path, text) {
  if (!isCheck) {
    writeFileSync(path, text);
    return;
  }
  if (readText(path) === text) return;
  process.stderr.write(`${relative(repositoryRoot, path)} is not what its generator writes\n`);
  process.exitCode = 1;
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
