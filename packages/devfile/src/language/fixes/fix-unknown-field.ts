import { findNearNames } from '@devstead/kit';
import { isOtherName, suggestMeant } from '../../explain-field.ts';
import { schemaAt } from '../schema/schema-node.ts';
import { hasOwnLines, removeLines, textOf, writeKey } from './text-of.ts';
import type { Fixer, Proposal } from './types.ts';

/** A misspelt field gets its name; one that is meant for nothing may be removed. */
export const fixUnknownField: Fixer = ({ document, spot }) => {
  const entry = spot?.role === 'key' ? spot.map?.entries.find(({ key }) => key === spot.node) : undefined;
  if (entry === undefined || spot?.map === undefined) return [];
  const path = spot.path.slice(0, -1);
  const known = Object.keys(schemaAt(document.version, path)?.fields ?? {});
  const value = Object.fromEntries(spot.map.entries.map(({ key }) => [key.value, true]));
  const field = entry.key.value;
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
