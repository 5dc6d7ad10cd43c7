import { fieldExamples } from '../../field-words-table.ts';
import type { DocumentPath } from '../../types.ts';
import { shapeOf } from '../completion/shape.ts';
import { schemaAt } from '../schema/schema-node.ts';
import { findEntry, type MapNode } from '../tree/node.ts';
import { hasOwnLines, insertBelow, removeLines } from './text-of.ts';
import type { Fixer, Problem, Proposal } from './types.ts';

interface FoundMap {
  readonly map: MapNode;
  readonly path: DocumentPath;
}

/** The map that a problem about its fields is shown at: by the key that it is the value of, or by its own first key. */
function findMap({ spot }: Problem, isMeant: (found: FoundMap) => boolean): FoundMap | undefined {
  if (spot?.role !== 'key' || spot.map === undefined) return undefined;
  const value = findEntry(spot.map, String(spot.path.at(-1)))?.value;
  const inner = value?.kind === 'map' ? [{ map: value, path: spot.path }] : [];
  return [...inner, { map: spot.map, path: spot.path.slice(0, -1) }].find(isMeant);
}

/** Offers the field that is missing, with an example to change. */
export const fixMissingField: Fixer = (problem) => {
  const { document, diagnostic } = problem;
  const field = /needs the field (\w+)$/.exec(diagnostic.message)?.[1] ?? '';
  const found = findMap(
    problem,
    ({ map, path }) =>
      findEntry(map, field) === undefined && schemaAt(document.version, path)?.required?.includes(field) === true,
  );
  const first = found?.map.entries[0];
  if (found === undefined || first === undefined || found.map.isFlow) return [];
  const schema = schemaAt(document.version, [...found.path, field]);
  if (schema === undefined || shapeOf(schema, [...found.path, field]).kind !== 'text') return [];
  const example = Object.hasOwn(fieldExamples, field) ? (fieldExamples[field] ?? '') : `${field}: ""`;
  const margin = ' '.repeat(document.lines.positionAt(first.start).character);
  const lineBreak = document.text.includes('\r\n') ? '\r\n' : '\n';
  const change = { start: first.start, end: first.start, newText: `${example}${lineBreak}${margin}` };
  return [{ title: `Add ${example}`, changes: [change], isSafe: false }];
};

/** Of several fields that exclude each other, offers to remove all but one; of none, adds a volume, which may be empty. */
export const fixChoice: Fixer = (problem) => {
  const { document } = problem;
  const listChosen = ({ map, path }: FoundMap) => {
    const choices = schemaAt(document.version, path)?.choices ?? [];
    return { choices, present: map.entries.filter(({ key }) => choices.includes(key.value)) };
  };
  const found = findMap(
    problem,
    (each) => listChosen(each).choices.length > 0 && listChosen(each).present.length !== 1,
  );
  const last = found?.map.entries.at(-1);
  if (found === undefined || last === undefined || found.map.isFlow) return [];
  const { choices, present } = listChosen(found);
  if (present.length > 1) {
    if (!present.every((entry) => hasOwnLines(document, entry))) return [];
    return present.map((kept): Proposal => {
      const others = present.filter((entry) => entry !== kept);
      const changes = others.map((entry) => removeLines(document, entry));
      return { title: `Keep ${kept.key.value} alone`, changes, isSafe: false };
    });
  }
  if (!choices.includes('volume')) return [];
  const margin = ' '.repeat(document.lines.positionAt(found.map.start).character);
  return [
    { title: 'Add volume: {}', changes: [insertBelow(document, last.end, [`${margin}volume: {}`])], isSafe: false },
  ];
};
