import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalGit, openLocalGit } from './local-git.ts';

/**
 * What of a clone is nowhere else: changes, commits that no remote has, stashes. Empty for nothing, and for a folder
 * that is no clone.
 */
export async function findUnsavedInClone(
  folder: string,
  options: { readonly gitEnv: Readonly<Record<string, string>> },
): Promise<string[]> {
  const gitDir = join(folder, '.git');
  if (lstatSync(gitDir, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const git = await openLocalGit([`--git-dir=${gitDir}`, `--work-tree=${folder}`], options);
  const commits = await git('rev-list', '--count', 'HEAD', '--branches', '--tags', '--not', '--remotes');
  const stashes = await git('rev-list', '--count', '--walk-reflogs', 'refs/stash', '--');
  return [
    ...(await findChanges(git)),
    ...describe(commits.code === 0 ? Number(commits.stdout) : 0, 'commit', 'that no remote has'),
    ...describe(stashes.code === 0 ? Number(stashes.stdout) : 0, 'stash', 'in it'),
  ];
}

/** Files of a work tree that are changed, or new and not ignored. What cannot be looked at counts as changed. */
export async function findChanges(git: LocalGit): Promise<string[]> {
  const status = await git('status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=dirty');
  if (status.code !== 0) return [`its state cannot be read: ${status.stderr.trim().split('\n').at(-1) ?? ''}`];
  const files = status.stdout.split('\0').filter((line) => line !== '');
  const names = files.slice(0, 3).map((line) => JSON.stringify(line.slice(3)));
  const more = files.length > names.length ? ' and more' : '';
  return files.length === 0 ? [] : [`${files.length} changed or new: ${names.join(', ')}${more}`];
}

/** Commits that are on no branch or tag, and so are found by nobody once the work tree is gone. */
export async function findLooseCommits(git: LocalGit): Promise<string[]> {
  const loose = await git('rev-list', '--count', 'HEAD', '--not', '--branches', '--tags', '--remotes');
  return describe(loose.code === 0 ? Number(loose.stdout) : 0, 'commit', 'on no branch');
}

function describe(count: number, noun: string, where: string): string[] {
  return count > 0 ? [`${count} ${noun}${count === 1 ? '' : noun === 'stash' ? 'es' : 's'} ${where}`] : [];
}
