import { type Cursor, chars, leave, nextLine } from './cursor.ts';
import { findLineEnd } from './scan-scalar.ts';

/**
 * A text introduced by `|` or `>`, in a map or list that starts in the column `parent`. The cursor is left at the next line
 * with something in it.
 */
export function readBlockScalar(cursor: Cursor, parent: number): string {
  const { text } = cursor;
  const start = cursor.offset;
  const isFolded = text.charCodeAt(start) === chars.greater;
  const chomping = text.charCodeAt(start + 1);
  const hasChomping = chomping === chars.dash || chomping === chars.plus;
  let offset = start + (hasChomping ? 2 : 1);
  while (text.charCodeAt(offset) === chars.space) offset++;
  if (text.charCodeAt(offset) !== chars.lineBreak) leave();
  cursor.offset = offset + 1;
  const { lines, blankAtEnd } = readLines(cursor, parent);
  cursor.events?.scalar(start, cursor.offset);
  nextLine(cursor);
  const value = isFolded ? fold(lines) : lines.join('\n');
  if (chomping === chars.dash) return value;
  return chomping === chars.plus ? value + '\n'.repeat(blankAtEnd + 1) : `${value}\n`;
}

/** The lines without their indentation; those at the end with nothing in them are only counted. */
function readLines(cursor: Cursor, parent: number): { lines: string[]; blankAtEnd: number } {
  const { text } = cursor;
  const lines: string[] = [];
  let indent = 0;
  let blanks = 0;
  let start = cursor.offset;
  while (start < text.length) {
    let offset = start;
    while (text.charCodeAt(offset) === chars.space) offset++;
    const char = text.charCodeAt(offset);
    const isBlank = char === chars.lineBreak || offset === text.length;
    if (lines.length === 0) {
      // What a first line with nothing in it means, only the full parser knows.
      if (isBlank || char === chars.tab || offset - start <= parent) leave();
      indent = offset - start;
    }
    const end = isBlank ? offset : findLineEnd(text, offset);
    if (isBlank) {
      if (offset - start > indent) leave();
      blanks++;
    } else {
      if (offset - start < indent) break;
      for (; blanks > 0; blanks--) lines.push('');
      lines.push(text.slice(start + indent, end));
    }
    // Text after the last line break is no line when there is nothing in it.
    if (end === text.length && isBlank) blanks--;
    start = end + 1;
  }
  cursor.offset = Math.min(start, text.length);
  if (lines.length === 0) leave();
  return { lines, blankAtEnd: blanks };
}

function fold(lines: readonly string[]): string {
  let value = '';
  let separator = '';
  for (const line of lines) {
    const first = line.charCodeAt(0);
    if (first === chars.space || first === chars.tab) leave();
    if (line === '') {
      if (separator === '\n') value += '\n';
      else separator = '\n';
    } else {
      value += separator + line;
      separator = ' ';
    }
  }
  return value;
}
