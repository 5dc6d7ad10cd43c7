import type { Severity } from '@devstead/kit';
import type { Problem } from '../problem.ts';
import type { DocumentPath, GitSource } from '../types.ts';

interface GitRule {
  /** Who has the source, for messages: `project web`. */
  readonly owner: string;
  readonly severity: Severity;
  /** `one`: exactly one remote. `chosen`: with several, `checkoutFrom` names one. */
  readonly remotes: 'one' | 'chosen';
}

/** Remotes of a Git source and which one is checked out. */
export function checkGitSource(git: GitSource, path: DocumentPath, rule: GitRule): Problem[] {
  const { owner, severity } = rule;
  const remotes = Object.keys(git.remotes);
  const chosen = git.checkoutFrom?.remote ?? '';
  const base = { severity, path: [...path, 'remotes'], at: 'key' } as const;
  if (remotes.length === 0) return [{ ...base, code: 'devfile.missing-remote', message: `${owner} has no remote` }];
  if (rule.remotes === 'one' && remotes.length > 1) {
    return [{ ...base, code: 'devfile.too-many-remotes', message: `${owner} has ${remotes.length} remotes` }];
  }
  if (chosen === '') {
    if (remotes.length === 1) return [];
    const message = `${owner} has ${remotes.length} remotes, and checkoutFrom names none`;
    return [{ ...base, code: 'devfile.ambiguous-remote', message }];
  }
  if (Object.hasOwn(git.remotes, chosen)) return [];
  return [
    {
      code: 'devfile.unknown-remote',
      severity,
      path: [...path, 'checkoutFrom', 'remote'],
      message: `${owner} has no remote ${chosen}`,
      misspelt: { written: chosen, known: remotes },
    },
  ];
}
