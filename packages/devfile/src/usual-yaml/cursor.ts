import type { Limits } from '../limits.ts';

/** What is told of a document while it is read, in the order of the text. Offsets count UTF-16 units. */
export interface YamlEvents {
  open(kind: 'map' | 'list' | 'flow', start: number): void;
  /** A key of the map opened last; its value follows. */
  key(name: string, start: number, end: number): void;
  scalar(start: number, end: number): void;
  close(end: number): void;
}

/** Where reading stands. */
export interface Cursor {
  readonly text: string;
  readonly limits: Limits;
  readonly events: YamlEvents | undefined;
  offset: number;
  lineStart: number;
  /** Column of the first character of the line `offset` is in; -1 at the end of the text. */
  indent: number;
  depth: number;
  nodes: number;
}

export const chars = {
  tab: 9,
  lineBreak: 10,
  space: 32,
  doubleQuote: 34,
  hash: 35,
  singleQuote: 39,
  plus: 43,
  comma: 44,
  dash: 45,
  dot: 46,
  colon: 58,
  greater: 62,
  openList: 91,
  backslash: 92,
  closeList: 93,
  openMap: 123,
  bar: 124,
  closeMap: 125,
} as const;

/** Thrown where a text has something that only the full parser knows. */
export class Unusual extends Error {}

export function leave(): never {
  throw new Unusual();
}

/** Goes to the first character of the next line that has more than space or a comment in it. */
export function nextLine(cursor: Cursor): void {
  const { text } = cursor;
  const { length } = text;
  for (let start = cursor.offset; start < length; ) {
    let offset = start;
    while (text.charCodeAt(offset) === chars.space) offset++;
    const char = text.charCodeAt(offset);
    if (char === chars.tab) leave();
    if (offset < length && char !== chars.lineBreak && char !== chars.hash) {
      cursor.offset = offset;
      cursor.lineStart = start;
      cursor.indent = offset - start;
      return;
    }
    const end = char === chars.hash ? text.indexOf('\n', offset) : offset;
    start = end === -1 ? length : end + 1;
  }
  cursor.offset = length;
  cursor.indent = -1;
}

/** After a value: only space and a comment may follow on its line. */
export function finishLine(cursor: Cursor): void {
  const { text } = cursor;
  let { offset } = cursor;
  while (text.charCodeAt(offset) === chars.space) offset++;
  const char = text.charCodeAt(offset);
  if (char === chars.hash && text.charCodeAt(offset - 1) === chars.space) {
    const end = text.indexOf('\n', offset);
    offset = end === -1 ? text.length : end;
  } else if (offset < text.length && char !== chars.lineBreak) leave();
  cursor.offset = offset + 1;
  nextLine(cursor);
}

export function skipSpace(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.offset) === chars.space) cursor.offset++;
}

/** True for a space, a line break and the end of the text. */
export function isBlank(char: number): boolean {
  return char === chars.space || char === chars.lineBreak || Number.isNaN(char);
}

/** Counts a value or a key. */
export function countNode(cursor: Cursor): void {
  cursor.nodes++;
  if (cursor.nodes > cursor.limits.nodes) leave();
}

export function enter(cursor: Cursor): void {
  countNode(cursor);
  cursor.depth++;
  if (cursor.depth > cursor.limits.depth) leave();
}
