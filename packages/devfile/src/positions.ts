import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { isMergeKey, nameKey } from './build-value.ts';
import type { DocumentPath } from './types.ts';

/** Where a piece of the text stands. Lines and columns count from 1; `endColumn` is on the same line, after it. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Finds places when asked, by walking the node tree; nothing is computed before. */
export interface Positions {
  readonly file: string;
  /** The value at a path, or its key, or the nearest parent's where the path does not exist; of it, the text `within`. */
  locate(path: DocumentPath, part?: 'key' | 'value', within?: string): Place;
  /** True when the path is written in the file. */
  has(path: DocumentPath): boolean;
}

interface PositionsSource {
  readonly text: string;
  readonly file: string;
  readonly lineCounter: LineCounter;
  readonly root: Node | null;
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
}

interface Found {
  readonly key: unknown;
  readonly value: unknown;
  readonly isComplete: boolean;
}

export function createPositions(source: PositionsSource): Positions {
  const { text, file, lineCounter, root, aliasTargets } = source;
  const indexMap = createKeyIndexes(aliasTargets);

  const toPlace = (start: number, end: number): Place => {
    const from = lineCounter.linePos(Math.min(start, text.length));
    const line = Math.max(from.line, 1);
    const column = Math.max(from.col, 1);
    const lineBreak = text.indexOf('\n', start);
    const stop = Math.min(end, lineBreak === -1 ? text.length : lineBreak);
    const width = text.slice(start, stop).trimEnd().length;
    return { line, column, endColumn: column + Math.max(width, 1) };
  };

  const find = (path: DocumentPath): Found => {
    let key: unknown;
    let value: unknown = root;
    for (const segment of path) {
      const collection = isAlias(value) ? aliasTargets.get(value) : value;
      if (isSeq(collection) && typeof segment === 'number' && segment < collection.items.length) {
        key = undefined;
        value = collection.items[segment];
      } else {
        const pair = isMap(collection) ? indexMap(collection).get(String(segment)) : undefined;
        if (pair === undefined) return { key, value, isComplete: false };
        key = pair.key;
        value = pair.value;
      }
    }
    return { key, value, isComplete: true };
  };

  const rangeOf = ({ key, value }: Found, part: 'key' | 'value'): readonly [number, number] => {
    const target = isAlias(value) ? aliasTargets.get(value) : value;
    const isCollection = isMap(target) || isSeq(target);
    const isEmpty = isScalar(target) && target.range?.[0] === target.range?.[1];
    // A collection, and a value that is not there, are shown by the key that introduces them.
    const shown =
      key !== undefined && key !== null && (part === 'key' || isCollection || isEmpty || target === null)
        ? key
        : target;
    const range = (shown as Node | null | undefined)?.range;
    if (range === null || range === undefined) return [0, 0];
    if (isMap(shown) && !shown.flow) return firstKeyRange(shown) ?? [range[0], range[1]];
    return [range[0], range[1]];
  };

  return {
    file,
    locate: (path, part = 'value', within = '') => {
      const [start, end] = rangeOf(find(path), part);
      const offset = within === '' ? -1 : text.slice(start, end).indexOf(within);
      return offset === -1 ? toPlace(start, end) : toPlace(start + offset, start + offset + within.length);
    },
    has: (path) => find(path).isComplete,
  };
}

type KeyIndex = ReadonlyMap<string, Pair>;

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

function firstKeyRange(map: YAMLMap): readonly [number, number] | undefined {
  const key = map.items[0]?.key as Node | null | undefined;
  const range = key?.range;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}
