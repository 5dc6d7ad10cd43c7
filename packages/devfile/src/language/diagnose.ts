import type { Diagnostic } from '@devstead/kit';
import { type ReadOptions, readDevfile } from '../read-devfile.ts';
import type { LanguageDocument } from './open-document.ts';
import type { Range } from './types.ts';

/** A diagnostic with its place as editors count. */
export interface PlacedDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly range: Range;
}

/** Every problem that `readDevfile` finds. */
export async function diagnose(
  document: LanguageDocument,
  options: Omit<ReadOptions, 'file'> = {},
): Promise<PlacedDiagnostic[]> {
  const { diagnostics } = await readDevfile(document.text, { ...options, file: document.file });
  return placeDiagnostics(document, diagnostics);
}

/** Those of this document, with their places. */
export function placeDiagnostics(document: LanguageDocument, diagnostics: readonly Diagnostic[]): PlacedDiagnostic[] {
  const starts = listLineStarts(document.text);
  return diagnostics.map((diagnostic) => {
    const { line = 1, column = 1, endColumn = column + 1 } = diagnostic;
    const start = starts[line - 1] ?? document.text.length;
    const range = document.lines.rangeOf({
      start: start + column - 1,
      end: start + Math.max(endColumn, column + 1) - 1,
    });
    // What ends with the line ends before its line break.
    const end = range.end.line > range.start.line ? document.lines.endOf(range.start.line) : undefined;
    return { diagnostic, range: end === undefined ? range : { ...range, end: document.lines.positionAt(end) } };
  });
}

/** Lines as the reader counts them: by line feeds alone. */
function listLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
