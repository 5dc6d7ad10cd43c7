import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isMergeKey, nameKey } from './build-value.ts';
import type { Range, SourceEntry, SourceNode } from './positions.ts';

type KeyIndex = ReadonlyMap<string, Pair>;

/** The values of a document that the full parser has read, as they are written. */
export function createYamlSource(root: Node | null, aliasTargets: ReadonlyMap<Alias, Node>): SourceNode | undefined {
  const indexMap = createKeyIndexes(aliasTargets);
  const wrap = (node: unknown): SourceNode | undefined => {
    const target = isAlias(node) ? aliasTargets.get(node) : node;
    if (isScalar(target)) return { kind: 'scalar', range: rangeOf(target), find: () => undefined };
    if (isSeq(target)) {
      const find = (segment: string | number): SourceEntry | undefined =>
        typeof segment === 'number' && segment < target.items.length
          ? { value: wrap(target.items[segment]) }
          : undefined;
      return { kind: 'collection', range: rangeOf(target), find };
    }
    if (!isMap(target)) return undefined;
    const find = (segment: string | number): SourceEntry | undefined => {
      const pair = indexMap(target).get(String(segment));
      if (pair === undefined) return undefined;
      const key = rangeOf(pair.key);
      return { ...(key === undefined ? {} : { key }), value: wrap(pair.value) };
    };
    const range = (target.flow === true ? undefined : rangeOf(target.items[0]?.key)) ?? rangeOf(target);
    return { kind: 'collection', range, find };
  };
  return wrap(root);
}

function rangeOf(node: unknown): Range | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}

/** Maps are indexed when first asked for, so that many questions about one large map stay cheap. */
function createKeyIndexes(aliasTargets: ReadonlyMap<Alias, Node>): (map: YAMLMap) => KeyIndex {
  const indexes = new Map<YAMLMap, KeyIndex>();
  const follow = (node: unknown): unknown => (isAlias(node) ? aliasTargets.get(node) : node);

  const indexMap = (map: YAMLMap): KeyIndex => {
    const known = indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map<string, Pair>();
    for (const pair of map.items) {
      const name = isMergeKey(pair.key) ? undefined : nameKey(pair.key, aliasTargets);
      if (name !== undefined) index.set(name, pair);
    }
    for (const { key, value } of map.items) {
      if (!isMergeKey(key)) continue;
      const merged = follow(value);
      for (const source of (isSeq(merged) ? merged.items : [merged]).map(follow)) {
        if (!isMap(source)) continue;
        for (const [name, pair] of indexMap(source)) if (!index.has(name)) index.set(name, pair);
      }
    }
    indexes.set(map, index);
    return index;
  };
  return indexMap;
}
