import { findNearNames } from '@devstead/kit';
import { findHolder, isOtherName, suggestMeant } from '../../explain-field.ts';
import type { DocumentPath } from '../../types.ts';
import type { LanguageDocument } from '../open-document.ts';
import { schemaAt } from '../schema/schema-node.ts';
import { findEntry, type MapEntry, type MapNode } from '../tree/node.ts';
import { hasOwnLines, insertBelow, removeLines, textOf, writeKey } from './text-of.ts';
import type { Fixer, Proposal } from './types.ts';
import { writeVariable } from './write-variable.ts';

/** A misspelt field gets its name; one that is meant for nothing may be removed. */
export const fixUnknownField: Fixer = ({ document, spot }) => {
  const entry = spot?.role === 'key' ? spot.map?.entries.find(({ key }) => key === spot.node) : undefined;
  if (entry === undefined || spot?.map === undefined) return [];
  const path = spot.path.slice(0, -1);
  const known = Object.keys(schemaAt(document.version, path)?.fields ?? {});
  const value = Object.fromEntries(spot.map.entries.map(({ key }) => [key.value, true]));
  const field = entry.key.value;
  const given = splitNameAsKey(document, path, spot.map, entry);
  if (given !== undefined) return [given];
  const moved = moveInward(document, findHolder({ path, value, field }), spot.map, entry);
  if (moved !== undefined) return [moved];
  const meant = suggestMeant({ path, value, field, known });
  const written = textOf(document, entry.key);
  const others = known.filter((name) => name !== meant && value[name] === undefined);
  const isCertain = meant !== undefined && (isOtherName(field, meant) || findNearNames(field, others).length === 0);
  const renaming: readonly Proposal[] =
    meant === undefined
      ? []
      : [
          {
            title: `Change ${field} to ${meant}`,
            changes: [{ start: entry.key.start, end: entry.key.end, newText: writeKey(document, written, meant) }],
            isSafe: isCertain,
          },
        ];
  if (!hasOwnLines(document, entry) || spot.map.entries.length < 2 || spot.map.isFlow) return renaming;
  return [...renaming, { title: `Remove ${field}`, changes: [removeLines(document, entry)], isSafe: false }];
};

/** `- NAME: text` in a list of variables is meant as its `name` and its `value`. */
function splitNameAsKey(
  document: LanguageDocument,
  path: DocumentPath,
  map: MapNode,
  entry: MapEntry,
): Proposal | undefined {
  const isAlone = map.entries.length === 1 && !map.isFlow;
  if (path.at(-2) !== 'env' || typeof path.at(-1) !== 'number' || !isAlone) return undefined;
  const change = writeVariable(document, entry, '');
  return change && { title: 'Write it as name and value', changes: [change], isSafe: true };
}

/** Moves the lines of a field that stands one level too high to the end of the map it belongs in. */
function moveInward(
  document: LanguageDocument,
  holder: string | undefined,
  map: MapNode,
  entry: MapEntry,
): Proposal | undefined {
  const target = holder === undefined ? undefined : findEntry(map, holder)?.value;
  if (holder === undefined || target?.kind !== 'map' || target.isFlow || map.isFlow) return undefined;
  const last = target.entries.at(-1);
  const isThere = target.entries.some(({ key }) => key.value === entry.key.value);
  if (last === undefined || isThere || !hasOwnLines(document, entry) || entry.key.style !== 'plain') return undefined;
  const { lines, text } = document;
  const columnOf = (offset: number) => lines.positionAt(offset).character;
  const shift = columnOf(target.start) - columnOf(entry.start);
  const written = text.slice(lines.startOf(lines.positionAt(entry.start).line), entry.end).split(/\r?\n/);
  if (shift <= 0) return undefined;
  const shifted = written.map((line) => (line.trim() === '' ? line : ' '.repeat(shift) + line));
  // A comment behind the last line stays on it.
  const rest = text.slice(entry.end, lines.endOf(lines.positionAt(entry.end).line));
  shifted[shifted.length - 1] += rest;
  return {
    title: `Move ${entry.key.value} into ${holder}`,
    changes: [insertBelow(document, last.end, shifted), removeLines(document, entry)].sort(
      (left, right) => left.start - right.start,
    ),
    isSafe: true,
  };
}
