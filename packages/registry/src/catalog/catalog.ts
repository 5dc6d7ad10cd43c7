import type { EntryType, IndexEntry, Stack } from '../types.ts';
import { filterDeprecated, filterIndex, filterRanges } from './filter-index.ts';
import type { IndexQuery } from './index-query.ts';
import { toOldIndex } from './old-index.ts';

export type IndexType = EntryType | 'all';

/** Everything a registry has at one moment; when a source changes another one is made. */
export class Catalog {
  readonly stacks: readonly Stack[];
  readonly #byName: ReadonlyMap<string, Stack>;

  /** Of stacks and samples of the same name the first counts. */
  constructor(stacks: readonly Stack[]) {
    const byName = new Map<string, Stack>();
    for (const stack of stacks) if (!byName.has(stack.entry.name)) byName.set(stack.entry.name, stack);
    this.#byName = byName;
    this.stacks = [...byName.values()];
  }

  find(name: string): Stack | undefined {
    return this.#byName.get(name);
  }

  /** The entries of a type; undefined where there are none at all, which an index answers in its own way. */
  listEntries(type: IndexType, query?: IndexQuery, isOldForm = false): readonly IndexEntry[] | undefined {
    const all = this.stacks.flatMap(({ entry }) => (type === 'all' || entry.type === type ? [entry] : []));
    const chosen = query?.deprecated === undefined ? all : filterDeprecated(all, query.deprecated);
    if (chosen.length === 0) return undefined;
    const shaped = isOldForm ? toOldIndex(chosen) : filterRanges(chosen, query?.ranges ?? {});
    return query === undefined ? shaped : filterIndex(shaped, query, isOldForm);
  }
}
