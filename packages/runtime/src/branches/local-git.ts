import { AppError } from '@devstead/kit';
import type { ProcessResult } from '../process/run-process.ts';
import { lastLines, runGit } from '../projects/run-git.ts';

/** Git on a repository of this machine; the code it ends with is a result. */
export type LocalGit = (...args: readonly string[]) => Promise<ProcessResult>;

interface LocalGitOptions {
  readonly gitEnv: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Opens a repository whose files a container may have written. Nothing that its own configuration names is run: no
 * hooks, no monitor, no filters, no other program; and nothing is fetched. The user's own configuration holds.
 */
export async function openLocalGit(place: readonly string[], options: LocalGitOptions): Promise<LocalGit> {
  const gitEnv = { ...options.gitEnv, GIT_NO_LAZY_FETCH: '1', GIT_OPTIONAL_LOCKS: '0' };
  const names = await runGit([...place, 'config', '--list', '--show-scope', '--name-only', '-z'], {
    ...options,
    gitEnv,
  });
  const settings = names.code === 0 ? disarm(names.stdout) : [];
  return (...args) => runGit([...place, ...args], { ...options, gitEnv, settings });
}

/** Keys whose values Git runs, with a value that runs nothing. */
const armed: readonly (readonly [RegExp, string])[] = [
  [/^filter\..*\.(?:clean|smudge|process)$/i, ''],
  [/^filter\..*\.required$/i, 'false'],
  [/^core\.(?:sshcommand|gitproxy|askpass|alternaterefscommand|editor|pager)$/i, 'false'],
  [/^(?:diff|merge)\..*\.(?:command|textconv|driver)$/i, 'false'],
  [/^diff\.external$/i, ''],
  [/^credential\.(?:.*\.)?helper$/i, ''],
  [/^gpg\.(?:.*\.)?program$/i, 'false'],
  [/^remote\..*\.(?:uploadpack|receivepack|vcs|proxy)$/i, 'false'],
];

/** What takes the sting out of the settings that a repository brings (`local`, `worktree`); later ones win. */
function disarm(list: string): string[] {
  const words = list.split('\0');
  const settings: string[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [scope, name = ''] = [words[index], words[index + 1]];
    if (scope !== 'local' && scope !== 'worktree') continue;
    const harmless = armed.find(([key]) => key.test(name));
    // A name with `=` cannot be set on the command line.
    if (harmless !== undefined && name.includes('=')) {
      throw new AppError('BRANCH_FAILED', `the repository's configuration has the odd name ${JSON.stringify(name)}`);
    }
    if (harmless !== undefined) settings.push(`${name}=${harmless[1]}`);
  }
  return [...new Set(settings)];
}

/** What Git said, the end of it. */
export function gitDetails({ stderr, stdout }: ProcessResult): string[] {
  return lastLines(stderr.trim() || stdout);
}
