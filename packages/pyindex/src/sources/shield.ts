import type { IndexRecord } from '../indexes/index-config.ts';

/** What is known of an index on the way from the one that was asked to its bases. */
export interface WalkedIndex {
  readonly index: IndexRecord;
  /** It has the project itself. */
  readonly hasProject: boolean;
}

/**
 * Whether files of mirrors are hidden for a project, as some stage has it: its private files are not to be mixed with
 * what anybody may have uploaded under the same name elsewhere. `walked` is the order of resolution; mirrors are
 * overlooked. The whitelists are folded along the way by the rule of the index that was asked; a project that is on the
 * folded list at one stage stays on it.
 */
export function isShielded(walked: readonly WalkedIndex[], project: string): boolean {
  const asked = walked[0]?.index.config;
  const isUnion = asked?.type === 'stage' && asked.mirror_whitelist_inheritance === 'union';
  let folded: ReadonlySet<string> | undefined;
  let isPrivate = false;
  for (const { index, hasProject } of walked) {
    if (index.config.type !== 'stage') continue;
    const own = new Set(index.config.mirror_whitelist);
    folded = folded === undefined ? own : isUnion ? new Set([...folded, ...own]) : intersect(folded, own);
    if (folded.has('*') || folded.has(project)) return false;
    isPrivate ||= hasProject;
  }
  return isPrivate;
}

/** `*` stands for every name. */
function intersect(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  if (left.has('*')) return right;
  return right.has('*') ? left : new Set([...left].filter((name) => right.has(name)));
}
