import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { checkGitAddress } from './git-address.ts';
import { type GitOptions, lastLines, runGit } from './run-git.ts';

const maxSubmodules = 100;
const maxDepth = 8;

/**
 * Fetches a clone's submodules and theirs, each from the address that its own repository names. An address that is
 * neither https nor ssh is URL_REFUSED before Git looks at it; more than a hundred, or deeper than eight, is
 * PROJECT_FAILED.
 */
export async function checkoutSubmodules(repository: string, options: GitOptions): Promise<void> {
  await checkOutBelow(repository, options, { depth: 1, counted: { modules: 0 } });
}

interface Place {
  readonly depth: number;
  readonly counted: { modules: number };
}

async function checkOutBelow(repository: string, options: GitOptions, place: Place): Promise<void> {
  const paths = await listSubmodules(repository, options);
  if (paths.length === 0) return;
  place.counted.modules += paths.length;
  if (place.depth > maxDepth || place.counted.modules > maxSubmodules) {
    throw new AppError(
      'PROJECT_FAILED',
      `there are more than ${maxSubmodules} submodules, or they are nested more than ${maxDepth} deep`,
    );
  }
  const git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runGit(['-C', repository, ...args], options);
    if (code === 0) return stdout;
    throw new AppError('PROJECT_FAILED', `submodules could not be fetched (git ended with ${code})`, {
      details: lastLines(stderr),
    });
  };
  await git('submodule', 'init', '--', ...paths);
  for (const address of await listAddresses(repository, options)) checkGitAddress(address);
  // What a repository asks for beside a plain checkout (merge, rebase, a command) is not done.
  await git('submodule', 'update', '--progress', '--checkout', '--no-recommend-shallow', '--', ...paths);
  for (const path of paths) {
    await checkOutBelow(join(repository, path), options, { ...place, depth: place.depth + 1 });
  }
}

/** Paths at which the commit checked out has a submodule. */
async function listSubmodules(repository: string, options: GitOptions): Promise<string[]> {
  const { stdout } = await runGit(['-C', repository, 'ls-files', '--stage', '-z'], { ...options, onOutput: () => {} });
  return stdout
    .split('\0')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => line.slice(line.indexOf('\t') + 1));
}

/** The addresses as Git resolved them: relative ones stand for places beside the repository's own. */
async function listAddresses(repository: string, options: GitOptions): Promise<string[]> {
  const args = ['-C', repository, 'config', '--local', '-z', '--get-regexp', '^submodule\\..*\\.url$'];
  const { stdout } = await runGit(args, options);
  return stdout
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(entry.indexOf('\n') + 1));
}
