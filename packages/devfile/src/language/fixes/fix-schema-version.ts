import { schemaVersions } from '../../schema-version.ts';
import { findEntry, readText } from '../tree/node.ts';
import { lineBreakOf } from './text-of.ts';
import type { Change, Fixer, Problem } from './types.ts';

const newest = schemaVersions.at(-1) ?? '2.3.0';

/** Adds the version that is missing; completes one that is cut short; offers the newest for one that does not exist. */
export const fixSchemaVersion: Fixer = (problem) => {
  const { document } = problem;
  const entry = findEntry(document.tree, 'schemaVersion');
  if (entry === undefined) {
    // A devfile 1.0.0 needs more than another version.
    if (['apiVersion', 'specVersion'].some((key) => findEntry(document.tree, key) !== undefined)) return [];
    return [{ title: `Add schemaVersion: ${newest}`, changes: [insertVersion(problem)], isSafe: true }];
  }
  const { value, colon = entry.key.end } = entry;
  const written = readText(value) ?? '';
  if (value !== undefined && value.kind !== 'scalar') return [];
  const full = schemaVersions.findLast((version) => /^\d\.\d$/.test(written) && version.startsWith(`${written}.`));
  const chosen = full ?? newest;
  const text = document.isJson ? `"${chosen}"` : chosen;
  const change =
    value === undefined
      ? { start: colon + 1, end: colon + 1, newText: ` ${text}` }
      : { start: value.start, end: value.end, newText: text };
  return [{ title: `Change it to ${chosen}`, changes: [change], isSafe: full !== undefined || value === undefined }];
};

/** Before the first field; in JSON behind the bracket. */
function insertVersion({ document }: Problem): Change {
  const { tree, text, isJson } = document;
  if (isJson || (tree?.kind === 'map' && tree.isFlow)) {
    const at = (tree?.start ?? 0) + 1;
    const hasFields = tree?.kind === 'map' && tree.entries.length > 0;
    return { start: at, end: at, newText: `"schemaVersion": "${newest}"${hasFields ? ', ' : ''}` };
  }
  const at = tree?.start ?? text.length;
  const gap = at === text.length && text !== '' && !text.endsWith('\n') ? lineBreakOf(document) : '';
  return { start: at, end: at, newText: `${gap}schemaVersion: ${newest}${lineBreakOf(document)}` };
}
