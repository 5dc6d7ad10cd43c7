import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { isGitName } from '../projects/git-address.ts';
import type { Repository } from './find-repository.ts';
import { gitDetails } from './local-git.ts';

/** A work tree of a branch, beside the repository's own. */
export interface Worktree {
  readonly branch: string;
  /** Real path of its top. */
  readonly folder: string;
  /** It was made for a workspace, and goes with it. */
  readonly isOurs: boolean;
}

export interface OpenedWorktree extends Worktree {
  readonly isNew: boolean;
  /** The commit at which the branch began, when it was made with the work tree. */
  readonly branchStart?: string;
}

/** Where the work tree of a branch is made: `shop.worktrees/feature-login` beside `shop`. */
export function worktreeFolder({ common, top }: Pick<Repository, 'common' | 'top'>, branch: string): string {
  const first = common.endsWith('/.git') ? dirname(common) : top;
  return join(`${first}.worktrees`, branch.replaceAll('/', '-'));
}

/**
 * The work tree that a branch has, as it was found; undefined where there is none yet. Throws USAGE for a name that is
 * none of a branch, BRANCH_FAILED for the branch of the folder itself and where something else is in the way.
 */
export async function findWorktree(repository: Repository, branch: string): Promise<OpenedWorktree | undefined> {
  const { git, top } = repository;
  if (!isGitName(branch) || branch === 'HEAD' || (await git('check-ref-format', '--branch', branch)).code !== 0)
    throw new AppError('USAGE', `${JSON.stringify(branch)} is no name that Git takes for a branch`);
  const target = worktreeFolder(repository, branch);
  const found = await findListed(repository, branch, target);
  if (found === undefined || found.isCutOff || !existsSync(found.folder)) {
    if (found === undefined && existsSync(target) && readdirSync(target).length > 0) {
      throw new AppError('BRANCH_FAILED', `${target} is there and no work tree of ${branch}`, {
        hint: 'Move it away, or choose another branch.',
      });
    }
    return undefined;
  }
  if (found.branch !== branch) {
    const what = found.branch === undefined ? 'no branch' : `the branch ${found.branch}`;
    throw new AppError('BRANCH_FAILED', `${found.folder} is a work tree of ${what} now`);
  }
  if (found.folder === top && target !== top) {
    throw new AppError('BRANCH_FAILED', `${branch} is the branch that is checked out in ${top} itself`, {
      hint: 'Run `devstead up` without --branch.',
    });
  }
  return { branch, folder: found.folder, isOurs: found.folder === target, isNew: false };
}

/**
 * The work tree of a branch: the one there is, else a new one. A branch that is not there begins at the commit checked
 * out now, or at the branch of that name that one remote has. No hook and no filter of the repository is run. Throws
 * BRANCH_FAILED.
 */
export async function openWorktree(repository: Repository, branch: string): Promise<OpenedWorktree> {
  const found = await findWorktree(repository, branch);
  if (found !== undefined) return found;
  const target = worktreeFolder(repository, branch);
  const listed = await findListed(repository, branch, target);
  if (listed !== undefined) await repository.git('worktree', 'remove', '--force', '--force', '--', listed.folder);
  await repository.git('worktree', 'prune');
  return addWorktree(repository, branch, target);
}

async function findListed(repository: Repository, branch: string, target: string): Promise<ListedWorktree | undefined> {
  const listed = await listWorktrees(repository);
  return listed.find((tree) => tree.branch === branch) ?? listed.find((tree) => tree.folder === target);
}

async function addWorktree(repository: Repository, branch: string, target: string): Promise<OpenedWorktree> {
  const { git } = repository;
  const { options, commit } = await findStart(repository, branch);
  const start = (await git('rev-parse', '--verify', `${commit}^{commit}`)).stdout.trim();
  const tree = {
    branch,
    folder: target,
    isOurs: true,
    isNew: true,
    ...(options.length > 0 ? { branchStart: start } : {}),
  };
  mkdirSync(dirname(target), { recursive: true });
  try {
    const added = await git('worktree', 'add', ...options, '--', target, commit);
    if (added.code !== 0) {
      throw new AppError('BRANCH_FAILED', `the work tree of ${branch} could not be made`, {
        details: gitDetails(added),
      });
    }
  } catch (error) {
    await undoWorktree(repository, tree);
    throw error;
  }
  return { ...tree, folder: realpathSync(target) };
}

/** Takes back a work tree that was made just now, and its branch when that was new too and nothing is on it. */
export async function undoWorktree({ git }: Repository, tree: OpenedWorktree): Promise<void> {
  if (!tree.isNew) return;
  if (existsSync(tree.folder)) await git('worktree', 'remove', '--force', '--force', '--', tree.folder);
  rmSync(tree.folder, { recursive: true, force: true });
  await git('worktree', 'prune');
  if (tree.branchStart !== undefined) await git('update-ref', '-d', `refs/heads/${tree.branch}`, tree.branchStart);
  removeIfEmpty(dirname(tree.folder));
}

/** Where a branch begins: itself, the only remote's branch of its name, or the commit checked out now. */
async function findStart({ git }: Repository, branch: string): Promise<{ options: string[]; commit: string }> {
  if ((await git('rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)).code === 0)
    return { options: [], commit: branch };
  const { stdout } = await git('for-each-ref', '--format=%(refname)', `refs/remotes/*/${branch}`);
  const [remote, ...others] = stdout.split('\n').filter((line) => line !== '');
  return remote !== undefined && others.length === 0
    ? { options: ['--track', '-b', branch], commit: remote }
    : { options: ['--no-track', '-b', branch], commit: 'HEAD' };
}

interface ListedWorktree {
  readonly folder: string;
  readonly branch?: string;
  /** Git was ended while it made this one. */
  readonly isCutOff: boolean;
}

async function listWorktrees({ git }: Repository): Promise<ListedWorktree[]> {
  const { stdout } = await git('worktree', 'list', '--porcelain');
  return stdout
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const branch = /^branch refs\/heads\/(.+)$/m.exec(block)?.[1];
      return {
        folder: /^worktree (.+)$/m.exec(block)?.[1] ?? '',
        ...(branch === undefined ? {} : { branch }),
        isCutOff: /^locked initializing$/m.test(block),
      };
    });
}

/** Removes a folder that holds nothing. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other work trees are in it.
  }
}
