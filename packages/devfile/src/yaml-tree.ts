import { isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type Node, type Scalar, type YAMLMap } from 'yaml';
import { isMergeKey } from './build-value.ts';
import { limits } from './limits.ts';

/** Where a piece of a YAML text stands. Lines and columns count from 1; `endColumn` is on the same line, after it. */
export interface YamlPlace {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

interface TreeBase {
  readonly place: YamlPlace;
  /** A tag as written (`!reset`); absent where there is none. */
  readonly tag?: string;
}

export interface YamlScalar extends TreeBase {
  readonly kind: 'scalar';
  /** The text, quotes and folding resolved. */
  readonly source: string;
  /** Unquoted and no block: the text may mean a number, a boolean or nothing. */
  readonly isPlain: boolean;
}

export interface YamlList extends TreeBase {
  readonly kind: 'list';
  readonly items: readonly YamlTree[];
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPlace: YamlPlace;
  /** The key is quoted, or is a plain text: what it means is left to the reader. */
  readonly isPlainKey: boolean;
  readonly value: YamlTree;
}

/** A map in the order written, merge keys applied, no key twice. */
export interface YamlMapTree extends TreeBase {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
}

/** One YAML value with its places. Aliases share the tree of their anchor. */
export type YamlTree = YamlScalar | YamlList | YamlMapTree;

export interface YamlTreeProblem {
  readonly kind:
    | 'syntax'
    | 'duplicate-key'
    | 'too-large'
    | 'too-deep'
    | 'too-many-keys'
    | 'too-many-aliases'
    | 'too-many-values';
  readonly message: string;
  readonly place: YamlPlace;
}

/** Turns a node of the YAML library into a tree. Linear in the number of values, which is bounded. */
export class TreeBuilder {
  private readonly text: string;
  private readonly lineCounter: LineCounter;
  private readonly report: (problem: YamlTreeProblem) => void;
  private readonly anchors = new Map<string, { tree?: YamlTree; size: number }>();
  private size = 0;
  private isOverBudget = false;

  constructor(text: string, lineCounter: LineCounter, report: (problem: YamlTreeProblem) => void) {
    this.text = text;
    this.lineCounter = lineCounter;
    this.report = report;
  }

  build(node: unknown, fallback = 0): YamlTree {
    if (isAlias(node)) return this.buildAlias(node.source, node);
    const before = this.size;
    this.grow(1, node);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    const anchored: { tree?: YamlTree; size: number } = { size: 0 };
    if (anchor !== undefined) this.anchors.set(anchor, anchored);
    const tree = this.buildContents(node, fallback);
    anchored.tree = tree;
    anchored.size = this.size - before;
    return tree;
  }

  toPlace(start: number, end: number): YamlPlace {
    const from = this.lineCounter.linePos(Math.min(start, this.text.length));
    const line = Math.max(from.line, 1);
    const column = Math.max(from.col, 1);
    const lineBreak = this.text.indexOf('\n', start);
    const stop = Math.min(end, lineBreak === -1 ? this.text.length : lineBreak);
    return { line, column, endColumn: column + Math.max(this.text.slice(start, stop).trimEnd().length, 1) };
  }

  private buildContents(node: unknown, fallback: number): YamlTree {
    if (this.isOverBudget) return this.makeEmpty(fallback);
    if (isMap(node)) return this.buildMap(node);
    if (isSeq(node)) {
      const place = this.placeOf(node);
      return {
        kind: 'list',
        items: node.items.map((item) => this.build(item, node.range?.[0])),
        place,
        ...tagOf(node),
      };
    }
    if (isScalar(node)) return this.buildScalar(node, fallback);
    return this.makeEmpty(fallback);
  }

  private buildScalar(node: Scalar, fallback: number): YamlScalar {
    const [start, end] = node.range ?? [fallback, fallback];
    // A block scalar's text is its value; a plain one's may be folded, which the library has done.
    const source = typeof node.value === 'string' ? node.value : (node.source ?? '');
    const isPlain = node.type === 'PLAIN' || node.type === undefined;
    return { kind: 'scalar', source, isPlain, place: this.toPlace(start, end), ...tagOf(node) };
  }

  private makeEmpty(offset: number): YamlScalar {
    return { kind: 'scalar', source: '', isPlain: true, place: this.toPlace(offset, offset) };
  }

  private buildAlias(name: string, node: Node): YamlTree {
    const anchored = this.anchors.get(name);
    if (anchored?.tree === undefined) {
      const why = anchored === undefined ? `there is no anchor &${name} before this alias` : `&${name} contains itself`;
      this.fail('syntax', node, why);
      return this.makeEmpty(node.range?.[0] ?? 0);
    }
    this.grow(anchored.size, node);
    return anchored.tree;
  }

  private buildMap(map: YAMLMap): YamlMapTree {
    const entries = new Map<string, YamlEntry>();
    const merged: YamlEntry[] = [];
    for (const pair of map.items) {
      if (!isPair(pair)) continue;
      const end = (pair.key as Node | null)?.range?.[1] ?? map.range?.[0] ?? 0;
      if (isMergeKey(pair.key)) {
        merged.push(...this.readMergeSources(this.build(pair.value, end), pair.value));
        continue;
      }
      const key = this.build(pair.key, map.range?.[0]);
      const value = this.build(pair.value, end);
      if (key.kind !== 'scalar') this.fail('syntax', pair.key, 'a key must be a text');
      else if (entries.has(key.source)) this.fail('duplicate-key', pair.key, `the key ${key.source} is written twice`);
      else entries.set(key.source, { key: key.source, keyPlace: key.place, isPlainKey: key.isPlain, value });
    }
    for (const entry of merged) {
      this.grow(1, map);
      if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
    return { kind: 'map', entries: [...entries.values()], place: this.placeOf(map), ...tagOf(map) };
  }

  private readMergeSources(tree: YamlTree, node: unknown): readonly YamlEntry[] {
    const sources = tree.kind === 'list' ? tree.items : [tree];
    if (sources.every((source): source is YamlMapTree => source.kind === 'map')) {
      return sources.flatMap(({ entries }) => entries);
    }
    this.fail('syntax', node, 'a merge key (<<) needs a map or a list of maps');
    return [];
  }

  private placeOf(node: Node): YamlPlace {
    const [start, end] = node.range ?? [0, 0];
    return this.toPlace(start, end);
  }

  private grow(count: number, node: unknown): void {
    this.size += count;
    if (this.size <= limits.nodes || this.isOverBudget) return;
    this.isOverBudget = true;
    this.fail('too-many-values', node, `with aliases expanded the file has more than ${limits.nodes} values`);
  }

  private fail(kind: YamlTreeProblem['kind'], node: unknown, message: string): void {
    const [start, end] = (node as Node | null)?.range ?? [0, 0];
    this.report({ kind, message, place: this.toPlace(start, end) });
  }
}

function tagOf(node: { readonly tag?: string }): { readonly tag?: string } {
  return node.tag === undefined ? {} : { tag: node.tag };
}
