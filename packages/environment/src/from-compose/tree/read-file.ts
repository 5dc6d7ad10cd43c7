import { readYamlTree, type YamlTree, type YamlTreeProblem } from '@devstead/devfile/yaml-tree';
import type { ComposeCode } from '../codes.ts';
import type { Reporter } from '../report.ts';
import { type ComposeNode, type Entry, type Mark, originOfPlace, type Place } from './node.ts';
import { resolveScalar } from './resolve-scalar.ts';

const codes: Readonly<Record<YamlTreeProblem['kind'], ComposeCode>> = {
  syntax: 'compose.yaml-syntax',
  'duplicate-key': 'compose.duplicate-key',
  'too-large': 'compose.too-large',
  'too-deep': 'compose.too-large',
  'too-many-keys': 'compose.too-large',
  'too-many-aliases': 'compose.too-large',
  'too-many-values': 'compose.too-large',
};

const marks: ReadonlyMap<string | undefined, Mark> = new Map([
  ['!reset', 'reset'],
  ['!override', 'override'],
]);

/** The documents of a file as nodes. Gives `compose.yaml-*`, `compose.duplicate-key` and `compose.too-large`. */
export function readFileNodes(text: string, file: string, report: Reporter): readonly ComposeNode[] {
  const { documents, problems } = readYamlTree(text.replace(/^\uFEFF/, ''));
  // What comes behind a limit was not read, and looks like more mistakes.
  const limit = problems.find(({ kind }) => kind.startsWith('too-'));
  for (const { kind, message, place } of limit === undefined ? problems : [limit])
    report.error(codes[kind], { file, ...place }, message);
  if (problems.length > 0) return [];
  const known = new Map<YamlTree, ComposeNode>();
  return documents.map((document) => toNode(document, file, report, known));
}

/** What aliases share stays shared. */
function toNode(tree: YamlTree, file: string, report: Reporter, known: Map<YamlTree, ComposeNode>): ComposeNode {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const node = convert(tree, file, report, known);
  known.set(tree, node);
  return node;
}

function convert(tree: YamlTree, file: string, report: Reporter, known: Map<YamlTree, ComposeNode>): ComposeNode {
  const at: Place = { file, ...tree.place };
  const mark = marks.get(tree.tag);
  const base = { at, origins: [originOfPlace(at)], ...(mark === undefined ? {} : { mark }) };
  if (tree.kind === 'scalar') {
    const isText = !tree.isPlain || tree.tag === 'tag:yaml.org,2002:str';
    return { ...base, kind: 'scalar', value: isText ? tree.source : resolveScalar(tree.source) };
  }
  if (tree.kind === 'list') {
    return { ...base, kind: 'list', items: tree.items.map((item) => toNode(item, file, report, known)) };
  }
  const entries = new Map<string, Entry>();
  for (const { key, keyPlace, isPlainKey, value } of tree.entries) {
    const keyAt = { file, ...keyPlace };
    if (isPlainKey && typeof resolveScalar(key) !== 'string') {
      report.error('compose.key-type', keyAt, `the key ${key} is no text; write it in quotes`);
    }
    entries.set(key, { keyAt, node: toNode(value, file, report, known) });
  }
  return { ...base, kind: 'map', entries };
}
