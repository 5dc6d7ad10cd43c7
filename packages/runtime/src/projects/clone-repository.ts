import { AppError } from '@devstead/kit';
import { type ProcessResult, runProcess, systemPath } from '../process/run-process.ts';

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
  /** The user's own variables that Git needs: HOME, SSH_AUTH_SOCK, proxies, CA certificates. */
  readonly gitEnv: Readonly<Record<string, string>>;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Addresses Devstead clones from: https, and ssh in both its forms. Anything else could read local files or start
 * programs (`file:`, `ext::`), and nothing may look like an option. Throws URL_REFUSED.
 */
export function checkGitAddress(address: string): void {
  const isHttps = /^https:\/\/[^\s/@]+(?:@[^\s/@]+)?\/(?!-)\S+$/.test(address);
  const isSsh = /^ssh:\/\/(?:[\w.-]+@)?[\w.-]+(?::\d{1,5})?\/(?!-)\S+$/.test(address);
  const isScp = /^[\w.-]+@[\w.-]+:(?!\/?-)\S+$/.test(address);
  const isHostOption = /^(?:ssh:\/\/|https:\/\/)?-|@-/.test(address);
  const isPrintable = !/[\u0000-\u001f\u007f-\u009f\\]/.test(address);
  if (isHostOption || !isPrintable || !(isHttps || isSsh || isScp)) {
    throw new AppError(
      'URL_REFUSED',
      `${JSON.stringify(withoutCredentials(address))} is not an https or ssh address of a Git repository`,
    );
  }
}

/** A text without users and passwords in the addresses in it, for messages and logs. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z]+:\/\/)[^/\s]*@/gi, '$1');
}

/** A name that Git takes for a branch, tag or commit and never for an option (git-check-ref-format(1), narrowed). */
function checkName(name: string, what: string): void {
  if (!/^(?!-)[\w./+@-]{1,255}$/.test(name) || name.includes('..') || name.includes('@{')) {
    throw new AppError('PROJECT_FAILED', `${JSON.stringify(name)} is not a ${what}`);
  }
}

/**
 * Clones a repository. Nothing of the repository is run: no hooks, no submodules, no filters of its own, and only the
 * https and ssh transports. Throws URL_REFUSED, PROJECT_FAILED with what Git said.
 */
export async function cloneRepository(request: CloneRequest): Promise<void> {
  const { address, target, revision, remote = 'origin' } = request;
  checkGitAddress(address);
  checkName(remote, 'remote name');
  if (revision !== undefined) checkName(revision, 'branch, tag or commit');
  const others = Object.entries(request.remotes ?? {}).filter(([name]) => name !== remote);
  for (const [name, url] of others) {
    checkName(name, 'remote name');
    checkGitAddress(url);
  }
  const options = {
    env: gitEnvironment(request.gitEnv),
    signal: request.signal,
    onOutput: (text: string) => request.onOutput(text),
  };
  const git = async (...args: readonly string[]): Promise<void> => {
    const result = await runProcess(['git', ...safeSettings, ...args], options);
    if (result.code !== 0) throw failure(address, result);
  };
  await git('clone', '--no-checkout', '--origin', remote, '--', address, target);
  await git('-C', target, 'checkout', ...(revision === undefined ? [] : [revision]), '--');
  for (const [name, url] of others) await git('-C', target, 'remote', 'add', '--', name, url);
}

const safeSettings = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'protocol.allow=never',
  '-c',
  'protocol.https.allow=always',
  '-c',
  'protocol.ssh.allow=always',
];

/** Git sees the user's own settings and keys, never asks at a terminal, and takes only the transports allowed. */
function gitEnvironment(passed: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...passed,
    PATH: systemPath,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

function failure(address: string, result: ProcessResult): AppError {
  const details = result.stderr.trim().split('\n').slice(-8).map(withoutCredentials);
  return new AppError(
    'PROJECT_FAILED',
    `${withoutCredentials(address)} could not be cloned (git ended with ${result.code})`,
    { details },
  );
}
