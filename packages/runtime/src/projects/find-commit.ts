import { checkGitAddress, checkGitName, withoutCredentials } from './git-address.ts';
import { failGit, type GitOptions, runGit } from './run-git.ts';

const fullCommit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The commit that `cloneRepository` would check out for a branch, a tag or a commit (default: the remote's own branch), asked of
 * the remote without fetching anything. Undefined where only a clone can tell: for a commit by the first of its digits, an empty
 * repository. Throws URL_REFUSED, PROJECT_FAILED with what Git said.
 */
export async function findCommit(
  address: string,
  revision: string | undefined,
  options: GitOptions,
): Promise<string | undefined> {
  checkGitAddress(address);
  if (revision !== undefined) checkGitName(revision, 'branch, tag or commit');
  // One that is named whole is what it is, whatever the remote has.
  if (revision !== undefined && fullCommit.test(revision)) return revision;
  const names = listNames(revision);
  const result = await runGit(['ls-remote', '--end-of-options', address, ...names], options);
  if (result.code !== 0) throw failGit(`${withoutCredentials(address)} could not be asked for its commits`, result);
  const lines = result.stdout.split('\n').map((line) => line.split('\t'));
  const found = new Map(lines.map(([commit = '', name = '']) => [name, commit]));
  const commit = names.map((name) => found.get(name)).find((one) => one !== undefined);
  return commit !== undefined && fullCommit.test(commit) ? commit : undefined;
}

/** Branches come before tags, and of an annotated tag what it stands for. */
function listNames(revision: string | undefined): readonly string[] {
  if (revision === undefined || revision === 'HEAD') return ['HEAD'];
  if (revision.startsWith('refs/')) return [`${revision}^{}`, revision];
  return [`refs/heads/${revision}`, `refs/tags/${revision}^{}`, `refs/tags/${revision}`];
}
