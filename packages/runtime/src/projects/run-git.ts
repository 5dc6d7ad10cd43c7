import { AppError } from '@devstead/kit';
import { saysDiskFull } from '../is-disk-full.ts';
import { type ProcessResult, spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { tieToCaller } from '../process/tie-to-caller.ts';
import { endProcessTree } from './end-process-tree.ts';
import { withoutCredentials } from './git-address.ts';

export interface GitOptions {
  /** The user's own variables that Git needs: HOME, SSH_AUTH_SOCK, proxies, CA certificates. */
  readonly gitEnv: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly input?: string;
  readonly onOutput?: (text: string) => void;
  /** Further settings, `NAME=VALUE`. */
  readonly settings?: readonly string[];
}

/**
 * Runs Git without what a repository could make it run: no hooks, no file system monitor, and only the https and ssh
 * transports. It ends when this process does, with the signal at the latest, and a server that says nothing for a minute is given up. A code other
 * than 0 is a result; a full disk is thrown as MACHINE_LACKS, the signal as INTERRUPTED.
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<ProcessResult> {
  const { gitEnv, signal, input = '', onOutput, settings = [] } = options;
  signal?.throwIfAborted();
  const words = [...safeSettings, ...settings].flatMap((setting) => ['-c', setting]);
  const child = spawnProcess([...tieToCaller(), 'git', ...words, ...args], {
    env: makeEnvironment(gitEnv),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const kept = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      kept[stream] = (kept[stream] + text).slice(-keptCharacters);
      onOutput?.(withoutCredentials(text));
    });
  }
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const ended = waitForClose(child, 'git');
  // Waited for, because until it has ended it writes to the folder that its caller is about to remove.
  const end = (): void => void endProcessTree(child, ended);
  signal?.addEventListener('abort', end, { once: true });
  const code = await ended.finally(() => signal?.removeEventListener('abort', end));
  if (signal?.aborted === true) throw new AppError('INTERRUPTED', 'interrupted');
  if (code !== 0 && saysDiskFull(kept.stderr)) {
    throw new AppError('MACHINE_LACKS', 'no space is left on the disk for a Git repository', {
      hint: 'Free some space; `devstead image list` and `devstead status` show what Devstead holds.',
    });
  }
  return { code, ...kept };
}

/** Of each stream, from its end. A list of files can be long. */
const keptCharacters = 1 << 24;

const safeSettings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.ssh.allow=always',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
  'advice.detachedHead=false',
];

/** Git sees the user's own settings and keys, never asks at a terminal, and takes only the transports allowed. */
function makeEnvironment(passed: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...passed,
    PATH: systemPath,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

/** What went wrong in the words of Git, as PROJECT_FAILED. */
export function failGit(what: string, { code, stderr }: ProcessResult): AppError {
  return new AppError('PROJECT_FAILED', `${what} (git ended with ${code})`, { details: lastLines(stderr) });
}

/** The end of what Git said, without credentials and without the progress that later text wrote over. */
export function lastLines(text: string): string[] {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split('\r').at(-1) ?? '');
  return lines.slice(-8).map(withoutCredentials);
}
