import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { listFolder } from '../state/list-folder.ts';
import { gitDetails, openLocalGit } from './local-git.ts';
import { findChanges, findLooseCommits } from './unsaved-work.ts';
import { removeIfEmpty } from './worktree.ts';

/** A work tree and the repository it belongs to, as they were written down when it was made. */
export interface WorktreePlace {
  readonly folder: string;
  /** The folder that all work trees of the repository share. */
  readonly repository: string;
}

interface GitSettings {
  readonly gitEnv: Readonly<Record<string, string>>;
}

/** What of a work tree would be lost with it; empty for nothing. A folder that is gone has nothing to lose. */
export async function findUnsavedInWorktree(tree: WorktreePlace, options: GitSettings): Promise<string[]> {
  if (!existsSync(tree.folder)) return [];
  const gitDir = findGitDir(tree);
  if (gitDir === undefined) return [`${tree.folder} is no work tree of ${tree.repository} any more`];
  const modules = join(gitDir, 'modules');
  const git = await openLocalGit([`--git-dir=${gitDir}`, `--work-tree=${tree.folder}`], options);
  return [
    ...(await findChanges(git)),
    ...(await findLooseCommits(git)),
    ...(existsSync(modules) ? ['it has submodules, which are not looked into'] : []),
  ];
}

/** Removes a work tree that was made for a workspace. The branch and its commits stay. Throws BRANCH_FAILED. */
export async function removeWorktree(tree: WorktreePlace, isForced: boolean, options: GitSettings): Promise<void> {
  const git = await openLocalGit([`--git-dir=${tree.repository}`], options);
  if (existsSync(tree.folder)) {
    const force = isForced ? ['--force', '--force'] : [];
    const removed = await git('worktree', 'remove', ...force, '--', tree.folder);
    if (removed.code !== 0 && !isForced) {
      throw new AppError('UNSAVED_WORK', `the work tree ${tree.folder} could not be removed`, {
        details: gitDetails(removed),
      });
    }
    rmSync(tree.folder, { recursive: true, force: true });
  }
  await git('worktree', 'prune');
  removeIfEmpty(dirname(tree.folder));
}

/** The folder in which Git keeps what belongs to one work tree; the tree's own word for it is not trusted. */
function findGitDir({ repository, folder }: WorktreePlace): string | undefined {
  const root = join(repository, 'worktrees');
  const names = listFolder(root);
  return names
    .map((name) => join(root, name))
    .find((place) => {
      const file = join(place, 'gitdir');
      return existsSync(file) && readFileSync(file, 'utf8').trim() === join(folder, '.git');
    });
}
