import type { LanguageDocument } from '../open-document.ts';
import type { Span } from '../tree/node.ts';
import type { Change } from './types.ts';

/** A part of the text. */
export function textOf({ text }: LanguageDocument, { start, end }: Span): string {
  return text.slice(start, end);
}

/** The line break the file uses. */
export function lineBreakOf({ text }: LanguageDocument): string {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

/** Changes that take out whole lines, from the line an offset is on to the line another is on. */
export function removeLines({ lines }: LanguageDocument, { start, end }: Span): Change {
  const from = lines.startOf(lines.positionAt(start).line);
  return { start: from, end: lines.startOf(lines.positionAt(end).line + 1), newText: '' };
}

/** True when nothing else is on the lines of a span but white space and a comment behind it. */
export function hasOwnLines(document: LanguageDocument, { start, end }: Span): boolean {
  const { lines, text } = document;
  const before = text.slice(lines.startOf(lines.positionAt(start).line), start);
  const after = text.slice(end, lines.endOf(lines.positionAt(end).line));
  return before.trim() === '' && /^\s*(#.*)?$/.test(after);
}

/** Lines put in below the line an offset is on. */
export function insertBelow(document: LanguageDocument, offset: number, newLines: readonly string[]): Change {
  const { lines } = document;
  const { line } = lines.positionAt(offset);
  const lineBreak = lineBreakOf(document);
  const at = lines.endOf(line);
  return { start: at, end: at, newText: newLines.map((each) => lineBreak + each).join('') };
}

/** A text as a scalar of the file's own language: plain where YAML takes it for a text, else in quotes. */
export function writeKey(document: LanguageDocument, quoted: string, name: string): string {
  return document.isJson || /^["']/.test(quoted) ? `"${name}"` : name;
}
