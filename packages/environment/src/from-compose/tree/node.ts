import type { Origin } from '../../types.ts';

/** Where a value or a key is written. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

export type Scalar = string | number | boolean | null;

/** `reset`: takes away what earlier files say. `override`: replaces it. Both are used up by merging. */
export type Mark = 'reset' | 'override';

interface NodeBase {
  readonly at: Place;
  /** What led to the value, nearest cause first; the place itself is among them unless a default gave it. */
  readonly origins: readonly Origin[];
  readonly mark?: Mark;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly value: Scalar;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly ComposeNode[];
}

export interface Entry {
  readonly keyAt: Place;
  readonly node: ComposeNode;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
}

/** A value of a compose project with where it came from. Never changed: every step gives new ones. */
export type ComposeNode = ScalarNode | ListNode | MapNode;

export function originOfPlace({ file, line, column }: Place): Origin {
  return { kind: 'file', file, line, column };
}

/** A scalar that comes from another node: its places and causes stay. */
export function makeScalar(value: Scalar, from: ComposeNode): ScalarNode {
  return { kind: 'scalar', value, at: from.at, origins: from.origins };
}

export function makeList(items: readonly ComposeNode[], from: ComposeNode): ListNode {
  return { kind: 'list', items, at: from.at, origins: from.origins, ...markOf(from) };
}

export function makeMap(entries: Iterable<readonly [string, Entry]>, from: ComposeNode): MapNode {
  return { kind: 'map', entries: new Map(entries), at: from.at, origins: from.origins, ...markOf(from) };
}

/** A map from nodes by name, in order; what is undefined is left out. */
export function mapOf(from: ComposeNode, nodes: Readonly<Record<string, ComposeNode | undefined>>): MapNode {
  const entries = Object.entries(nodes).flatMap(([key, node]): [string, Entry][] =>
    node === undefined ? [] : [[key, { keyAt: node.at, node }]],
  );
  return { kind: 'map', entries: new Map(entries), at: from.at, origins: from.origins };
}

/** A value that the specification gives where nothing is written; its place is that of what it belongs to. */
export function makeDefault(value: Scalar, rule: string, owner: ComposeNode): ScalarNode {
  return { kind: 'scalar', value, at: owner.at, origins: [{ kind: 'default', detail: `compose: ${rule}` }] };
}

export function withEntry(map: MapNode, key: string, node: ComposeNode): MapNode {
  const entries = new Map(map.entries);
  entries.set(key, { keyAt: entries.get(key)?.keyAt ?? node.at, node });
  return { ...map, entries };
}

export function withoutEntry(map: MapNode, key: string): MapNode {
  const entries = new Map(map.entries);
  entries.delete(key);
  return { ...map, entries };
}

/** The node below a map's keys; undefined where one is missing or no map. */
export function nodeAt(node: ComposeNode | undefined, ...keys: readonly string[]): ComposeNode | undefined {
  let found = node;
  for (const key of keys) {
    if (found?.kind !== 'map') return undefined;
    found = found.entries.get(key)?.node;
  }
  return found;
}

export function mapAt(node: ComposeNode | undefined, ...keys: readonly string[]): MapNode | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'map' ? found : undefined;
}

export function listAt(node: ComposeNode | undefined, ...keys: readonly string[]): ListNode | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'list' ? found : undefined;
}

export function scalarAt(node: ComposeNode | undefined, ...keys: readonly string[]): ScalarNode | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' ? found : undefined;
}

export function textAt(node: ComposeNode | undefined, ...keys: readonly string[]): string | undefined {
  const value = scalarAt(node, ...keys)?.value;
  return typeof value === 'string' ? value : undefined;
}

export function isNull(node: ComposeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}

/** The plain value; maps have no prototype, so `__proto__` is a key and nothing else. */
export function toValue(node: ComposeNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toValue);
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) result[key] = toValue(entry.node);
  return result;
}

/** True when two nodes have the same value, wherever they are written. The order of a map's keys does not count. */
export function isSameValue(left: ComposeNode, right: ComposeNode): boolean {
  if (left === right) return true;
  if (left.kind === 'scalar') return right.kind === 'scalar' && left.value === right.value;
  if (left.kind === 'list') {
    if (right.kind !== 'list' || left.items.length !== right.items.length) return false;
    return left.items.every((item, index) => {
      const other = right.items[index];
      return other !== undefined && isSameValue(item, other);
    });
  }
  if (right.kind !== 'map' || left.entries.size !== right.entries.size) return false;
  return [...left.entries].every(([key, { node }]) => {
    const other = right.entries.get(key);
    return other !== undefined && isSameValue(node, other.node);
  });
}

/** Adds a cause behind those every value below has; what both have is shared. */
export function addOrigin(node: ComposeNode, origin: Origin): ComposeNode {
  const origins = [...node.origins, origin];
  if (node.kind === 'scalar') return { ...node, origins };
  if (node.kind === 'list') return { ...node, origins, items: node.items.map((item) => addOrigin(item, origin)) };
  const entries = new Map(
    [...node.entries].map(([key, entry]) => [key, { ...entry, node: addOrigin(entry.node, origin) }] as const),
  );
  return { ...node, origins, entries };
}

/** The same without the marks of `!reset` and `!override`: what was to be taken away is gone. */
export function dropMarks(node: ComposeNode): ComposeNode | undefined {
  if (node.mark === 'reset') return undefined;
  const { mark: _mark, ...plain } = node;
  if (plain.kind === 'scalar') return plain;
  if (plain.kind === 'list') return { ...plain, items: plain.items.flatMap((item) => dropMarks(item) ?? []) };
  const entries = new Map<string, Entry>();
  for (const [key, entry] of plain.entries) {
    const kept = dropMarks(entry.node);
    if (kept !== undefined) entries.set(key, { ...entry, node: kept });
  }
  return { ...plain, entries };
}

function markOf(node: ComposeNode): { readonly mark?: Mark } {
  return node.mark === undefined ? {} : { mark: node.mark };
}
