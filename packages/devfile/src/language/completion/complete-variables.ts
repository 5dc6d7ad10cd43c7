import { isSubstituted } from '../../variables.ts';
import { describeOwner } from '../names/describe-name.ts';
import type { InheritedName } from '../names/inherited.ts';
import { listNames } from '../names/list-names.ts';
import type { LanguageDocument } from '../open-document.ts';
import { findSpot } from '../tree/find-spot.ts';
import type { CompletionItem } from './types.ts';

/** Variables behind `{{`, where variables are substituted; nothing where no variable is being typed. */
export function completeVariables(
  document: LanguageDocument,
  offset: number,
  inherited: readonly InheritedName[],
): CompletionItem[] | undefined {
  const { text, lines, tree, version } = document;
  const line = lines.positionAt(offset).line;
  const before = text.slice(lines.startOf(line), offset);
  const typed = /\{\{[ \t]*[^{}\s]*$/.exec(before.slice(-200));
  if (typed === null || version === '2.0.0') return undefined;
  const start = offset - typed[0].length;
  const after =
    /^[ \t]*[^{}\s]*[ \t]*\}{0,2}/.exec(text.slice(offset, Math.min(offset + 200, lines.endOf(line))))?.[0] ?? '';
  const end = after.endsWith('}') ? offset + after.length : offset;
  const spot = findSpot(tree, start);
  // Without quotes a value that starts with a brace is a map.
  const isBare = /(:|^[ \t]*-|[ \t]-)[ \t]+$/.test(text.slice(lines.startOf(line), start));
  if (!isBare && spot !== undefined && spot.role === 'value' && !isSubstituted(spot.path)) return [];
  const names = listNames(document).filter(({ kind, isDefinition }) => kind === 'variable' && isDefinition);
  const details = new Map([
    ...inherited.filter(({ kind }) => kind === 'variable').map(({ name }) => [name, 'of a parent'] as const),
    ...names.map((name) => [name.name, describeOwner(name)] as const),
  ]);
  return [...details].map(([name, detail]) => ({
    label: name,
    kind: 'name',
    detail,
    edit: { range: lines.rangeOf({ start, end }), newText: isBare ? `"{{${name}}}"` : `{{${name}}}` },
    isSnippet: false,
    filterText: `{{${name}`,
    sortText: name,
  }));
}
