import type { Reporter } from '../report.ts';
import {
  type ComposeNode,
  isNull,
  isSameValue,
  type ListNode,
  type MapNode,
  makeList,
  makeMap,
  makeScalar,
} from '../tree/node.ts';
import { checkFormat } from './check-format.ts';
import type { DictionaryShape, ListShape, MapShape, ScalarShape, Shape, Written } from './shapes.ts';

export interface Checking {
  readonly report: Reporter;
  /** Texts with `$` are left as they are: their variables are not put in. */
  readonly isInterpolated: boolean;
  /** One file of several: keys may be missing, and a key without a value leaves what other files say. */
  readonly isPartial: boolean;
}

/**
 * Holds a node against a shape, reports every departure with its place, and gives what is left when the parts that
 * depart are taken out, so that later steps need not look again; booleans and numbers written as texts become what the
 * shape says. Gives `compose.unknown-key`, `compose.missing-key`, `compose.type`, `compose.value`,
 * `compose.duplicate-entry` and `compose.boolean-word`.
 */
export function checkShape(node: ComposeNode, shape: Shape, path: string, checking: Checking): ComposeNode | undefined {
  if (node.mark === 'reset' || (checking.isPartial && isNull(node))) return node;
  switch (shape.kind) {
    case 'any':
      return node;
    case 'null':
      return node.kind === 'scalar' && node.value === null ? node : failType(node, shape, path, checking);
    case 'choice':
      return checkChoice(node, shape.of, path, checking);
    case 'map':
      return node.kind === 'map' ? checkMap(node, shape, path, checking) : failType(node, shape, path, checking);
    case 'dictionary':
      return node.kind === 'map' ? checkDictionary(node, shape, path, checking) : failType(node, shape, path, checking);
    case 'list':
      return node.kind === 'list' ? checkList(node, shape, path, checking) : failType(node, shape, path, checking);
    case 'flag':
      return checkFlag(node, path, checking);
    case 'scalar':
      return checkScalar(node, shape, path, checking);
  }
}

function checkChoice(node: ComposeNode, shapes: readonly Shape[], path: string, checking: Checking) {
  const chosen = shapes.find((shape) => isOfKind(node, shape));
  if (chosen !== undefined) return checkShape(node, chosen, path, checking);
  return failType(node, { kind: 'choice', of: shapes }, path, checking);
}

function isOfKind(node: ComposeNode, shape: Shape): boolean {
  switch (shape.kind) {
    case 'any':
      return true;
    case 'choice':
      return shape.of.some((other) => isOfKind(node, other));
    case 'map':
    case 'dictionary':
      return node.kind === 'map';
    case 'list':
      return node.kind === 'list';
    case 'null':
      return node.kind === 'scalar' && node.value === null;
    case 'flag':
      return node.kind === 'scalar' && (typeof node.value === 'boolean' || typeof node.value === 'string');
    case 'scalar':
      return node.kind === 'scalar' && shape.as.includes(kindOf(node.value));
  }
}

function checkMap(node: MapNode, shape: MapShape, path: string, checking: Checking): MapNode {
  const kept: [string, { keyAt: MapNode['at']; node: ComposeNode }][] = [];
  for (const [key, entry] of node.entries) {
    const below = path === '' ? key : `${path}.${key}`;
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field !== undefined) {
      const checked = checkShape(entry.node, field, below, checking);
      if (checked !== undefined) kept.push([key, { ...entry, node: checked }]);
    } else if (shape.isExtensible && key.startsWith('x-')) {
      kept.push([key, entry]);
    } else {
      checking.report.error('compose.unknown-key', entry.keyAt, `${below} is no key of the specification`, {
        path: below,
        misspelt: { written: key, known: Object.keys(shape.fields) },
      });
    }
  }
  for (const key of shape.required) {
    if (checking.isPartial || node.entries.has(key)) continue;
    const message = `${path === '' ? 'the file' : path} needs the key ${key}`;
    checking.report.error('compose.missing-key', node.at, message, { path });
  }
  return makeMap(kept, node);
}

function checkDictionary(node: MapNode, shape: DictionaryShape, path: string, checking: Checking): MapNode {
  const kept: [string, { keyAt: MapNode['at']; node: ComposeNode }][] = [];
  for (const [key, entry] of node.entries) {
    const below = `${path}.${key}`;
    if (shape.keys !== undefined && !shape.keys.test(key)) {
      const message = `${JSON.stringify(key)} cannot be a name in ${path}: letters, digits, dots, dashes and underscores`;
      checking.report.error('compose.value', entry.keyAt, message, { path: below });
      continue;
    }
    const checked = checkShape(entry.node, shape.values, below, checking);
    if (checked !== undefined) kept.push([key, { ...entry, node: checked }]);
  }
  return makeMap(kept, node);
}

function checkList(node: ListNode, shape: ListShape, path: string, checking: Checking): ListNode {
  const items: ComposeNode[] = [];
  for (const [index, item] of node.items.entries()) {
    const below = `${path}[${index}]`;
    const isRepeated = shape.isUnique && item.kind === 'scalar' && items.some((other) => isSameValue(other, item));
    if (isRepeated) {
      checking.report.error('compose.duplicate-entry', item.at, `${below} is in ${path} twice`, { path: below });
      continue;
    }
    const checked = checkShape(item, shape.items, below, checking);
    if (checked !== undefined) items.push(checked);
  }
  return makeList(items, node);
}

const flagWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['y', true],
  ['yes', true],
  ['on', true],
  ['n', false],
  ['no', false],
  ['off', false],
]);

function checkFlag(node: ComposeNode, path: string, checking: Checking): ComposeNode | undefined {
  if (node.kind !== 'scalar' || (typeof node.value !== 'boolean' && typeof node.value !== 'string')) {
    return failType(node, { kind: 'flag' }, path, checking);
  }
  if (typeof node.value === 'boolean') return node;
  if (!checking.isInterpolated && node.value.includes('$')) return node;
  const word = node.value.toLowerCase();
  const meaning = flagWords.get(word);
  if (meaning === undefined) {
    checking.report.error(
      'compose.value',
      node.at,
      `${path} must be true or false, not ${JSON.stringify(node.value)}`,
      { path },
    );
    return undefined;
  }
  if (word !== 'true' && word !== 'false') {
    const message = `${path}: ${node.value} is read as ${meaning}`;
    checking.report.warn('compose.boolean-word', node.at, message, { path, hint: `Write \`${meaning}\`.` });
  }
  return { ...makeScalar(meaning, node), ...(node.mark === undefined ? {} : { mark: node.mark }) };
}

function checkScalar(node: ComposeNode, shape: ScalarShape, path: string, checking: Checking): ComposeNode | undefined {
  if (node.kind !== 'scalar' || !shape.as.includes(kindOf(node.value))) return failType(node, shape, path, checking);
  if (!checking.isInterpolated && typeof node.value === 'string' && node.value.includes('$')) return node;
  const result = checkFormat(node.value, shape);
  if ('problem' in result) {
    checking.report.error('compose.value', node.at, `${path} ${result.problem}`, { path });
    return undefined;
  }
  return result.value === node.value ? node : { ...node, value: result.value };
}

function failType(node: ComposeNode, shape: Shape, path: string, { report }: Checking): undefined {
  const found = node.kind === 'scalar' ? kindNames[kindOf(node.value)] : kindNames[node.kind];
  const place = path === '' ? 'the file' : path;
  report.error('compose.type', node.at, `${place} must be ${describeShape(shape)}, not ${found}`, { path });
  return undefined;
}

const kindNames = {
  text: 'a text',
  number: 'a number',
  flag: 'a boolean',
  null: 'nothing',
  list: 'a list',
  map: 'a map',
} as const;

function kindOf(value: string | number | boolean | null): Written {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'flag';
}

function describeShape(shape: Shape): string {
  return [...new Set(listKinds(shape))].join(' or ');
}

function listKinds(shape: Shape): readonly string[] {
  switch (shape.kind) {
    case 'any':
      return ['anything'];
    case 'null':
      return [kindNames.null];
    case 'choice':
      return shape.of.flatMap(listKinds);
    case 'map':
    case 'dictionary':
      return [kindNames.map];
    case 'list':
      return [kindNames.list];
    case 'flag':
      return [kindNames.flag];
    case 'scalar':
      return shape.as.map((kind) => kindNames[kind]);
  }
}
