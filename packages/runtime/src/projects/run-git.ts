import { AppError } from '@devstead/kit';
import { type ProcessResult, runProcess, systemPath } from '../process/run-process.ts';
import { tieToCaller } from '../process/tie-to-caller.ts';

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
 * transports. It ends when this process does, and a server that says nothing for a minute is given up. A code other
 * than 0 is a result; a full disk is thrown as MACHINE_LACKS.
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<ProcessResult> {
  const { gitEnv, signal, input, onOutput, settings = [] } = options;
  const words = [...safeSettings, ...settings].flatMap((setting) => ['-c', setting]);
  const result = await runProcess([...tieToCaller(), 'git', ...words, ...args], {
    env: makeEnvironment(gitEnv),
    ...(signal === undefined ? {} : { signal }),
    ...(input === undefined ? {} : { input }),
    ...(onOutput === undefined ? {} : { onOutput: (text: string) => onOutput(text) }),
  });
  if (result.code !== 0 && /No space left on device|Disk quota exceeded/.test(result.stderr)) {
    throw new AppError('MACHINE_LACKS', 'no space is left on the disk for a Git repository', {
      hint: 'Free some space; `devstead image list` and `devstead status` show what Devstead holds.',
    });
  }
  return result;
}

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
