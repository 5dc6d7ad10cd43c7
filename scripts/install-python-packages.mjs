import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EXIT_MACHINE_LACKS, fail, repositoryRoot } from './repository.mjs';

/**
 * The Python programs that tests and benchmarks use, by what they are for. A set is a virtual environment in the cache
 * folder, named after what is in it, made once. `packages/testing/src/python/python-programs.ts` finds it.
 */
const listFile = join(repositoryRoot, 'packages', 'testing', 'python-packages.json');

/**
 * Makes the environments that are missing. Where the machine has no Python package index, a file says so, and the
 * tests that need the programs say it in their names.
 * @param {'test' | 'bench'} purpose
 */
export function installPythonPackages(purpose) {
  const sets = JSON.parse(readFileSync(listFile, 'utf8'));
  for (const name of purpose === 'bench' ? ['clients', 'peers', 'composers'] : ['clients'])
    installSet(name, sets[name]);
}

/**
 * @param {string} name
 * @param {readonly string[]} packages
 */
function installSet(name, packages) {
  const link = findEnvironment(name, packages);
  const reasonFile = `${link}.missing`;
  if (spawnSync(join(link, 'bin', 'python'), ['-c', 'import pip'], { stdio: 'ignore' }).status === 0) return;
  process.stdout.write(`Python packages (${name}): installing ${packages.join(' ')}\n`);
  mkdirSync(join(link, '..'), { recursive: true });
  const folder = `${link}-${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  if (!run('python3', ['-m', 'venv', folder])) {
    fail(
      'python3 could not make a virtual environment.',
      'Install python3-venv, then run the same command again.',
      EXIT_MACHINE_LACKS,
    );
  }
  const pip = join(folder, 'bin', 'pip');
  if (run(pip, ['install', '--quiet', '--disable-pip-version-check', ...packages])) {
    // The link comes last and at once: an environment that is found is whole.
    const previous = existsSync(link) ? realpathSync(link) : undefined;
    symlinkSync(folder, `${folder}.link`);
    renameSync(`${folder}.link`, link);
    if (previous !== undefined) rmSync(previous, { recursive: true, force: true });
    rmSync(reasonFile, { force: true });
    return;
  }
  const hasIndex = run(pip, [
    'download',
    '--quiet',
    '--no-deps',
    '--no-cache-dir',
    '--dest',
    join(folder, 'probe'),
    'pip',
  ]);
  rmSync(folder, { recursive: true, force: true });
  if (hasIndex) {
    fail(
      'The Python packages could not be installed; pip’s message above says why.',
      'Mend that, then run the same command again.',
      EXIT_MACHINE_LACKS,
    );
  }
  writeFileSync(reasonFile, 'no Python package index can be reached from this machine\n');
  process.stdout.write('No Python package index can be reached: the tests with Python programs are skipped.\n');
}

/**
 * @param {string} name
 * @param {readonly string[]} packages
 */
function findEnvironment(name, packages) {
  const cache = process.env.XDG_CACHE_HOME?.startsWith('/') ? process.env.XDG_CACHE_HOME : join(homedir(), '.cache');
  const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16);
  return join(cache, 'devstead', 'python', `${name}-${key}`);
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
function run(program, args) {
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}
