import type { Origin } from '../../types.ts';
import type { Reporter } from '../report.ts';
import {
  type ComposeNode,
  type Entry,
  isNull,
  isSameValue,
  type ListNode,
  type MapNode,
  makeList,
  makeMap,
  nodeAt,
  textAt,
} from '../tree/node.ts';
import { type KeyOf, keyOfEntries, ruleAt } from './rules.ts';

interface MergeOptions {
  readonly report: Reporter;
  /** Keep `!reset` and `!override` in the result: what they are for is still to come. */
  readonly keepsMarks?: true;
}

/**
 * Puts one value over another by the rules of the specification: maps key by key, lists one after the other or unique
 * by their key, scalars replaced, `!reset` taken away, `!override` taken as it is. Undefined when nothing is left.
 * Both are in their long forms. Gives `compose.merge-conflict`.
 */
export function mergeNodes(
  base: ComposeNode | undefined,
  over: ComposeNode | undefined,
  path: readonly string[],
  options: MergeOptions,
): ComposeNode | undefined {
  if (over === undefined) return base;
  if (over.mark === 'reset') return options.keepsMarks === true ? over : undefined;
  if (base === undefined || over.mark === 'override') return takeOver(base, over, options);
  const rule = ruleAt(path);
  if (rule !== 'replace' && isNull(over)) return base;
  if (rule === 'replace' || isNull(base)) return takeOver(base, over, options);
  if (rule === 'logging' && hasOtherDriver(base, over)) return takeOver(base, over, options);
  if (rule === 'ulimit' && (base.kind !== 'map' || over.kind !== 'map')) return takeOver(base, over, options);
  if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, path, options);
  if (base.kind === 'list' && over.kind === 'list') return mergeLists(base, over, path, options);
  if (base.kind === 'scalar' && over.kind === 'scalar') return takeOver(base, over, options);
  const message = `${path.join('.')} is a ${base.kind} in ${base.at.file}:${base.at.line} and a ${over.kind} here`;
  options.report.error('compose.merge-conflict', over.at, message, { path: path.join('.') });
  return takeOver(base, over, options);
}

function mergeMaps(base: MapNode, over: MapNode, path: readonly string[], options: MergeOptions): MapNode {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const node = mergeNodes(before?.node, entry.node, [...path, key], options);
    if (node === undefined) entries.delete(key);
    else entries.set(key, { keyAt: before?.keyAt ?? entry.keyAt, node });
  }
  return makeMap(entries, over.entries.size === 0 ? base : over);
}

function mergeLists(base: ListNode, over: ListNode, path: readonly string[], options: MergeOptions): ListNode {
  const added = options.keepsMarks === true ? over.items : over.items.filter(({ mark }) => mark !== 'reset');
  if (ruleAt(path) === 'address-pools') return mergePools(base, makeList(added, over), path, options);
  const keyOf = keyOfEntries(path);
  if (keyOf !== undefined) return makeList(uniteByKey([...base.items, ...added], keyOf), over);
  const items = [...base.items];
  for (const item of added) if (!items.some((other) => isSameValue(other, item))) items.push(item);
  return makeList(items, over);
}

/** Of entries with the same key the last one stays, at the place of the first. */
export function uniteByKey(items: readonly ComposeNode[], keyOf: KeyOf): readonly ComposeNode[] {
  const places = new Map<string, number>();
  const result: ComposeNode[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const place = places.get(key);
    const before = place === undefined ? undefined : result[place];
    if (place === undefined || before === undefined) {
      places.set(key, result.length);
      result.push(item);
    } else {
      result[place] = before === item ? item : noteReplaced(before, item);
    }
  }
  return result;
}

function mergePools(base: ListNode, over: ListNode, path: readonly string[], options: MergeOptions): ListNode {
  const items = [...base.items];
  for (const pool of over.items) {
    const index = items.findIndex((other) => textAt(other, 'subnet') === textAt(pool, 'subnet'));
    const before = items[index];
    if (before === undefined) items.push(pool);
    else items[index] = mergeNodes(before, pool, [...path, '*'], options) ?? before;
  }
  return makeList(items, over);
}

function hasOtherDriver(base: ComposeNode, over: ComposeNode): boolean {
  const [before, after] = [nodeAt(base, 'driver'), nodeAt(over, 'driver')];
  return before !== undefined && after !== undefined && !isSameValue(before, after);
}

/** The overriding value, its own marks inside it used up, with a word on what it replaced. */
function takeOver(base: ComposeNode | undefined, over: ComposeNode, options: MergeOptions): ComposeNode {
  const taken = options.keepsMarks === true ? over : dropInnerMarks(over);
  return base === undefined ? taken : noteReplaced(base, taken);
}

function dropInnerMarks(node: ComposeNode): ComposeNode {
  const { mark: _mark, ...plain } = node;
  if (plain.kind === 'scalar') return plain;
  if (plain.kind === 'list') {
    return { ...plain, items: plain.items.flatMap((item) => (item.mark === 'reset' ? [] : [dropInnerMarks(item)])) };
  }
  const entries = new Map<string, Entry>();
  for (const [key, entry] of plain.entries) {
    if (entry.node.mark !== 'reset') entries.set(key, { ...entry, node: dropInnerMarks(entry.node) });
  }
  return { ...plain, entries };
}

function noteReplaced(base: ComposeNode, over: ComposeNode): ComposeNode {
  if (isSameValue(base, over)) return over;
  const { file, line, column } = base.at;
  const was = base.kind === 'scalar' ? ` ${JSON.stringify(base.value)}` : '';
  const origin: Origin = { kind: 'override', file, line, column, detail: `replaces${was.slice(0, 80)}` };
  return { ...over, origins: [...over.origins, origin] };
}
