import { type ProcessResult } from '../process/run-process.ts';
import { checkoutSubmodules } from './checkout-submodules.ts';
import { checkGitAddress, checkGitName, withoutCredentials } from './git-address.ts';
import { failGit, runGit } from './run-git.ts';

export interface CloneRequest {
  readonly address: string;
  /** A folder that does not exist yet. */
  readonly target: string;
  /** Name of the remote that is cloned from. Default: origin. */
  readonly remote?: string;
  /** Branch, tag or commit. Default: the remote's own. */
  readonly revision?: string;
  /** Further remotes to record. */
  readonly remotes?: Readonly<Record<string, string>>;
  /** The only folders to check out, relative to the repository. */
  readonly sparseDirs?: readonly string[];
  /** Submodules are fetched as well, from https and ssh addresses only. */
  readonly withSubmodules?: boolean;
  /** The user's own variables that Git needs: HOME, SSH_AUTH_SOCK, proxies, CA certificates. */
  readonly gitEnv: Readonly<Record<string, string>>;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs Git in the clone; throws PROJECT_FAILED with what it said. */
type Git = (what: string, args: readonly string[], input?: string) => Promise<ProcessResult>;

/**
 * Clones a repository. Nothing of the repository is run: no hooks, no filters of its own, no submodules unless asked,
 * and only the https and ssh transports. Throws URL_REFUSED, PROJECT_FAILED with what Git said.
 */
export async function cloneRepository(request: CloneRequest): Promise<void> {
  const { address, target, revision, remote = 'origin', sparseDirs = [] } = request;
  checkGitAddress(address);
  checkGitName(remote, 'remote name');
  if (revision !== undefined) checkGitName(revision, 'branch, tag or commit');
  const others = Object.entries(request.remotes ?? {}).filter(([name]) => name !== remote);
  for (const [name, url] of others) {
    checkGitName(name, 'remote name');
    checkGitAddress(url);
  }
  const git: Git = async (what, args, input) => {
    const result = await runGit(args, { ...request, ...(input === undefined ? {} : { input }) });
    if (result.code !== 0) throw failGit(`${withoutCredentials(address)} ${what}`, result);
    return result;
  };
  await git('could not be cloned', ['clone', '--progress', '--no-checkout', '--origin', remote, '--', address, target]);
  if (sparseDirs.length > 0) {
    // From standard input no folder's name is taken for an option.
    const input = `${sparseDirs.join('\n')}\n`;
    await git('has no such folders', ['-C', target, 'sparse-checkout', 'set', '--cone', '--stdin'], input);
  }
  await checkOut(git, request, remote);
  for (const [name, url] of others)
    await git('could not be given its remotes', ['-C', target, 'remote', 'add', '--', name, url]);
  if (request.withSubmodules === true) await checkoutSubmodules(target, request);
}

/** Branch and tag names are those of the clone; anything else (a commit off every branch) is asked of the remote. */
async function checkOut(git: Git, request: CloneRequest, remote: string): Promise<void> {
  const { target, revision, gitEnv, signal } = request;
  const look = async (name: string): Promise<boolean> => {
    const args = ['-C', target, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return (await runGit(args, { gitEnv, signal })).code === 0;
  };
  if (revision === undefined) {
    // A repository without commits has nothing to check out.
    if (await look('HEAD')) await git('could not be checked out', ['-C', target, 'checkout', '--']);
    return;
  }
  const what = `has no branch, tag or commit ${revision}`;
  if ((await look(`refs/remotes/${remote}/${revision}`)) || (await look(revision))) {
    await git(what, ['-C', target, 'checkout', revision, '--']);
    return;
  }
  await git(what, ['-C', target, 'fetch', '--progress', '--end-of-options', remote, revision]);
  await git(what, ['-C', target, 'checkout', '--detach', 'FETCH_HEAD', '--']);
}
