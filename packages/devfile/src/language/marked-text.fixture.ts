import { applyEdits } from './fixes/apply-edits.ts';
import { type LanguageDocument, openDocument } from './open-document.ts';
import { TextLines } from './text-lines.ts';
import type { Position, Range, TextEdit } from './types.ts';

/** A text with `|` where the cursor is; `\n` may be left out at the ends. */
export function openMarked(marked: string, file?: string): { document: LanguageDocument; position: Position } {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const document = openDocument(text, file);
  return { document, position: document.lines.positionAt(offset) };
}

/** What an editor makes of a snippet: placeholders or first options put in, further lines indented like the first. */
export function applySnippet(text: string, { range, newText }: TextEdit): string {
  const lines = new TextLines(text);
  const margin = ' '.repeat(lines.indentationOf(range.start.line));
  const plain = newText
    .replaceAll(/(?<!\\)\$\{\d+\|((?:\\.|[^\\|,])*)[^}]*\|\}/g, '$1')
    .replaceAll(/(?<!\\)\$\{\d+:((?:\\.|[^\\}])*)\}/g, '$1')
    .replaceAll(/(?<!\\)\$\d+/g, 'x')
    .replaceAll(/\\([\\$}|,])/g, '$1')
    .replaceAll('\n', `\n${margin}`);
  return applyEdits(text, [{ range, newText: plain }]);
}

/** The text of a range. */
export function textIn(document: LanguageDocument, { start, end }: Range): string {
  return document.text.slice(document.lines.offsetAt(start), document.lines.offsetAt(end));
}
