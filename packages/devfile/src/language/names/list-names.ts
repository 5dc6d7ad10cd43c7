import { findReferences } from '../../find-references.ts';
import type { DocumentPath } from '../../types.ts';
import { isSubstituted } from '../../variables.ts';
import type { LanguageDocument } from '../open-document.ts';
import { type Child, listChildren, type ScalarNode, type Span, type TreeNode } from '../tree/node.ts';
import { matchesPath, withoutParent } from './match-path.ts';
import { definitionPlaces, type NameKind, remotePlaces, starterAttribute, usePlaces } from './name-places-table.ts';

/** A name where it is given or used. */
export interface NamePlace {
  readonly kind: NameKind;
  readonly name: string;
  /** The characters of the name in the text, without quotes and braces. */
  readonly span: Span;
  readonly path: DocumentPath;
  readonly isDefinition: boolean;
  /** Of a remote, the Git source it belongs to; names of two scopes are two things. */
  readonly scope: string;
  /** What has the name; of a use, nothing. */
  readonly owner?: Child;
}

/** Asked again for each problem of a file. */
const known = new WeakMap<LanguageDocument, readonly NamePlace[]>();

/** Every name of a devfile, where it is given and where it is used, in the order of the text. */
export function listNames(document: LanguageDocument): readonly NamePlace[] {
  const names = known.get(document) ?? collectNames(document);
  known.set(document, names);
  return names;
}

function collectNames(document: LanguageDocument): NamePlace[] {
  const names: NamePlace[] = [];
  // With a list of its own for what is open: a devfile may be as deep as it likes.
  const open: { node: TreeNode | undefined; path: DocumentPath; owner?: Child }[] = [{ node: document.tree, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, path, owner } = next;
    for (const child of listChildren(node)) {
      const childPath = [...path, child.step];
      names.push(...readChild(child, childPath, owner, document));
      open.push({ node: child.value, path: childPath, owner: child });
    }
  }
  return names.sort((left, right) => left.span.start - right.span.start);
}

function readChild(
  child: Child,
  path: DocumentPath,
  owner: Child | undefined,
  document: LanguageDocument,
): NamePlace[] {
  const own = withoutParent(path);
  const { key, value } = child;
  if (key !== undefined && own.length === 2 && own[0] === 'variables') {
    return [makePlace('variable', key, path, true, document, { owner: child })];
  }
  if (key !== undefined && own.at(-2) === 'remotes' && own.at(-3) === 'git') {
    return [makePlace('remote', key, path, true, document, { owner: child, scope: toScope(path.slice(0, -2)) })];
  }
  if (value?.kind !== 'scalar') return [];
  const found = [...readVariables(value, path, document)];
  for (const [pattern, kind] of Object.entries(definitionPlaces)) {
    if (matchesPath(own, pattern))
      found.push(makePlace(kind, value, path, own === path, document, { ...(owner && { owner }) }));
  }
  for (const [pattern, { kind }] of Object.entries(usePlaces)) {
    if (matchesPath(own, pattern)) found.push(makePlace(kind, value, path, false, document));
  }
  if (path.length === 2 && path[0] === 'attributes' && path[1] === starterAttribute) {
    found.push(makePlace('starter project', value, path, false, document));
  }
  if (remotePlaces.some((pattern) => matchesPath(own, pattern))) {
    found.push(makePlace('remote', value, path, false, document, { scope: toScope(path.slice(0, -2)) }));
  }
  return found;
}

function readVariables(value: ScalarNode, path: DocumentPath, { text, version }: LanguageDocument): NamePlace[] {
  const source = text.slice(value.start, value.end);
  const hasVariables = version !== '1.0.0' && version !== '2.0.0';
  if (!source.includes('{{') || !hasVariables || !isSubstituted(path)) return [];
  return findReferences(source).map(({ name, start, end }) => {
    const from = value.start + source.indexOf(name, start + 2);
    const span =
      name === ''
        ? { start: value.start + end - 2, end: value.start + end - 2 }
        : { start: from, end: from + name.length };
    return { kind: 'variable', name, span, path, isDefinition: false, scope: '' };
  });
}

function makePlace(
  kind: NameKind,
  node: ScalarNode,
  path: DocumentPath,
  isDefinition: boolean,
  document: LanguageDocument,
  more: { readonly owner?: Child; readonly scope?: string } = {},
): NamePlace {
  const isQuoted = node.style === 'single' || node.style === 'double';
  const isClosed = isQuoted && node.end - node.start > 1 && document.text[node.end - 1] === document.text[node.start];
  const span = isQuoted
    ? { start: node.start + 1, end: node.end - (isClosed ? 1 : 0) }
    : { start: node.start, end: node.end };
  return { kind, name: node.value, span, path, isDefinition, scope: '', ...more };
}

function toScope(path: DocumentPath): string {
  return path.join('\0');
}

/** True when both are places of one thing. Events take names in any case (devfile-v2 1.7). */
export function isSameName(left: NamePlace, right: NamePlace): boolean {
  if (left.kind !== right.kind || left.scope !== right.scope) return false;
  return left.kind === 'command' ? left.name.toLowerCase() === right.name.toLowerCase() : left.name === right.name;
}

/** The name at an offset. */
export function findNameAt(names: readonly NamePlace[], offset: number): NamePlace | undefined {
  return names.find(({ span }) => span.start <= offset && offset <= span.end);
}
