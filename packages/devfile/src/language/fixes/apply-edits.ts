import { TextLines } from '../text-lines.ts';
import type { TextEdit } from '../types.ts';

/** The text with edits made that do not overlap, in any order; those at one place in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const lines = new TextLines(text);
  const changes = edits.map(({ range, newText }) => ({
    start: lines.offsetAt(range.start),
    end: lines.offsetAt(range.end),
    newText,
  }));
  let result = '';
  let at = 0;
  for (const { start, end, newText } of changes.sort((left, right) => left.start - right.start)) {
    result += text.slice(at, start) + newText;
    at = Math.max(end, at);
  }
  return result + text.slice(at);
}

/** True when two fixes would change the same text. */
export function overlaps(left: readonly TextEdit[], right: readonly TextEdit[]): boolean {
  return left.some((one) => right.some((other) => !isBefore(one, other) && !isBefore(other, one)));
}

function isBefore({ range: { end } }: TextEdit, { range: { start } }: TextEdit): boolean {
  return end.line < start.line || (end.line === start.line && end.character < start.character);
}
