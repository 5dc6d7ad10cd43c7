import type { Diagnostic } from '@devstead/kit';
import { diagnosticTable } from '../../codes.ts';
import type { LanguageDocument } from '../open-document.ts';
import { findSpot } from '../tree/find-spot.ts';
import type { Range } from '../types.ts';
import { fixTable } from './fix-table.ts';
import type { Fix } from './types.ts';

/** What may be done about a problem of a document, the best first; `range` is the problem's place in it. */
export function listFixes(document: LanguageDocument, diagnostic: Diagnostic, range: Range): Fix[] {
  const { code } = diagnostic;
  const fixer = isKnown(code) ? fixTable[code] : undefined;
  const isForeign = diagnostic.file !== undefined && diagnostic.file !== document.file;
  if (fixer === undefined || isForeign) return [];
  const start = document.lines.offsetAt(range.start);
  const end = document.lines.offsetAt(range.end);
  const spot = findSpot(document.tree, start);
  return fixer({ diagnostic, document, start, end, ...(spot && { spot }) }).map(({ title, changes, isSafe }) => ({
    title,
    isSafe,
    edits: changes.map((change) => ({ range: document.lines.rangeOf(change), newText: change.newText })),
  }));
}

function isKnown(code: string): code is keyof typeof diagnosticTable {
  return Object.hasOwn(diagnosticTable, code);
}
