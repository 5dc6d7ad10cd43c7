import { normalizeName } from '../../names/normalize-name.ts';
import type { SearchCatalog } from './search-catalog.ts';

/** What is looked for: words, in any of the names or summaries. */
export interface SearchOrder {
  /** The stages to look in, `user/index`. */
  readonly indexes: readonly string[];
  readonly names: readonly string[];
  readonly summaries: readonly string[];
  /** Whether one of the words is enough. */
  readonly isAny: boolean;
  readonly limit: number;
}

export interface FoundProject {
  /** `user/index`. */
  readonly index: string;
  /** As it is spelt. */
  readonly name: string;
  /** The newest; empty for a project that was only registered. */
  readonly version: string;
  readonly summary: string;
}

/** Projects of stages whose names or summaries have the words, those that begin with a word first. */
export async function searchProjects(catalog: SearchCatalog, order: SearchOrder): Promise<FoundProject[]> {
  const names = order.names.map((word) => normalizeName(word.trim())).filter(Boolean);
  const summaries = order.summaries.map((word) => word.trim().toLowerCase()).filter(Boolean);
  if (names.length + summaries.length === 0) return [];
  const found: FoundProject[] = [];
  for (const index of order.indexes) {
    for (const { project, name, version, summary } of await catalog.read(index)) {
      const text = summary.toLowerCase();
      const answers = [...names.map((word) => project.includes(word)), ...summaries.map((word) => text.includes(word))];
      const isFound = order.isAny ? answers.includes(true) : !answers.includes(false);
      if (isFound) found.push({ index, name, version, summary });
    }
  }
  const rank = ({ name }: FoundProject): number => {
    const normal = normalizeName(name);
    return names.includes(normal) ? 0 : names.some((word) => normal.startsWith(word)) ? 1 : 2;
  };
  return found
    .sort(
      (left, right) =>
        rank(left) - rank(right) || compareText(left.name, right.name) || compareText(left.index, right.index),
    )
    .slice(0, order.limit);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
