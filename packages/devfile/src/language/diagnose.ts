import type { Diagnostic } from '@devstead/kit';
import { readDevfile1 } from '../devfile1/read-devfile1.ts';
import { type ReadOptions, readDevfile } from '../read-devfile.ts';
import type { LanguageDocument } from './open-document.ts';
import { findSpot } from './tree/find-spot.ts';
import type { Range } from './types.ts';

/** A diagnostic with its place as editors count. */
export interface PlacedDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly range: Range;
}

/** Every problem that `readDevfile` finds, in a devfile 1.0.0 that `readDevfile1` does. */
export async function diagnose(
  document: LanguageDocument,
  options: Omit<ReadOptions, 'file'> = {},
): Promise<PlacedDiagnostic[]> {
  const read = document.isDevfile1 ? readDevfile1 : readDevfile;
  const { diagnostics } = await read(document.text, { ...options, file: document.file });
  return placeDiagnostics(document, diagnostics);
}

/** Diagnostics with their places; what is wrong in a parent or plugin is shown where this file brings it in. */
export function placeDiagnostics(document: LanguageDocument, diagnostics: readonly Diagnostic[]): PlacedDiagnostic[] {
  const starts = listLineStarts(document.text);
  return diagnostics.map((diagnostic) => ({ diagnostic, range: findRange(document, starts, diagnostic) }));
}

function findRange(document: LanguageDocument, starts: readonly number[], diagnostic: Diagnostic): Range {
  const { file = document.file, chain = [] } = diagnostic;
  const { lines, text, tree } = document;
  if (file !== document.file) {
    const step = chain.find((each) => each.file === document.file);
    const offset = step === undefined ? 0 : (starts[step.line - 1] ?? 0) + step.column - 1;
    const spot = step === undefined ? undefined : findSpot(tree, offset);
    return lines.rangeOf(
      spot?.node.kind === 'scalar' ? spot.node : { start: offset, end: lines.endOf(lines.positionAt(offset).line) },
    );
  }
  const { line = 1, column = 1, endColumn = column + 1 } = diagnostic;
  const start = (starts[line - 1] ?? text.length) + column - 1;
  // What ends with the line ends before its line break.
  const lineEnd = lines.endOf(lines.positionAt(start).line);
  return lines.rangeOf({ start, end: Math.max(Math.min(start + Math.max(endColumn - column, 1), lineEnd), start) });
}

/** Lines as the reader counts them: by line feeds alone. */
function listLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
