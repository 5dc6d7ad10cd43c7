import { findNearNames } from '@devstead/kit';
import { makeName } from '../../check-schema.ts';
import { findNameAt, isSameName, listNames } from '../names/list-names.ts';
import { schemaAt } from '../schema/schema-node.ts';
import type { ScalarNode } from '../tree/node.ts';
import { textOf, writeKey } from './text-of.ts';
import type { Fixer, Problem, Proposal } from './types.ts';

/** The word meant; a name of the form asked for, changed where it is used too; a version in three parts. */
export const fixBadValue: Fixer = (problem) => {
  const { spot, document } = problem;
  if (spot?.node.kind !== 'scalar' || spot.role !== 'value') return [];
  const { node } = spot;
  const schema = schemaAt(document.version, spot.path);
  if (schema?.enum !== undefined) return chooseWord(problem, node, schema.enum);
  if (schema?.maxLength === undefined && /^\d+(\.\d+)?$/.test(node.value)) {
    const full = node.value.includes('.') ? `${node.value}.0` : `${node.value}.0.0`;
    return [replace(problem, node, full, true)];
  }
  const isName = schema?.pattern?.startsWith('^[a-z0-9](') === true;
  const isLong = schema?.maxLength !== undefined && [...node.value].length > schema.maxLength;
  return isName && !isLong ? renameAll(problem, node) : [];
};

function chooseWord(problem: Problem, node: ScalarNode, words: readonly string[]): readonly Proposal[] {
  const near = words.find((word) => word.toLowerCase() === node.value.toLowerCase());
  const found = near === undefined ? findNearNames(node.value, words) : [near];
  return found.map((word) => replace(problem, node, word, found.length === 1));
}

function replace({ document }: Problem, node: ScalarNode, text: string, isSafe: boolean): Proposal {
  const { start, end } = node;
  return {
    title: `Change ${node.value} to ${text}`,
    changes: [{ start, end, newText: writeKey(document, textOf(document, node), text) }],
    isSafe,
  };
}

function renameAll({ document }: Problem, node: ScalarNode): readonly Proposal[] {
  const names = listNames(document);
  const name = findNameAt(names, node.start + 1) ?? findNameAt(names, node.start);
  const text = makeName(node.value);
  const same = name === undefined ? [] : names.filter((other) => isSameName(other, name));
  const isTaken = names.some((other) => other.isDefinition && other.kind === name?.kind && other.name === text);
  if (isTaken || text === node.value) return [];
  const places = same.length > 0 ? same.map(({ span }) => span) : [{ start: node.start, end: node.end }];
  const changes = places.map(({ start, end }) => ({ start, end, newText: text }));
  return [{ title: `Change ${node.value} to ${text}`, changes, isSafe: false }];
}
