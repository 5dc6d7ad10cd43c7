import { AppError } from '@devstead/kit';
import { gitDetails, type LocalGit, openLocalGit } from './local-git.ts';

/** The Git repository that a folder lies in. */
export interface Repository {
  /** The top of the work tree that the folder belongs to. */
  readonly top: string;
  /** The folder below it; empty for the top itself. */
  readonly below: string;
  /** The folder that all work trees share: `.git` of the first one. */
  readonly common: string;
  readonly git: LocalGit;
}

/** Finds the repository of a folder. Throws BRANCH_FAILED where there is none, or one without commits. */
export async function findRepository(
  folder: string,
  options: { readonly gitEnv: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): Promise<Repository> {
  const git = await openLocalGit(['-C', folder], options);
  const place = await git(
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--git-common-dir',
    '--show-prefix',
  );
  const [top, common, prefix = ''] = place.stdout.split('\n');
  if (place.code !== 0 || top === undefined || common === undefined) {
    throw new AppError('BRANCH_FAILED', `${folder} is in no Git repository with a work tree`, {
      details: gitDetails(place),
      hint: 'Make one (git init, git commit), or leave --branch out.',
    });
  }
  if ((await git('rev-parse', '--verify', '--quiet', 'HEAD^{commit}')).code !== 0) {
    throw new AppError('BRANCH_FAILED', `the repository ${top} has no commit yet`, {
      hint: 'Commit the devfile first: a branch begins at a commit.',
    });
  }
  return { top, below: prefix.replace(/\/$/, ''), common, git };
}
