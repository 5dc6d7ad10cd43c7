import { resolvePlainScalar } from '../resolve-scalar.ts';
import { type Cursor, chars, countNode, enter, leave } from './cursor.ts';
import { createMap, nameKey, type YamlMap } from './map.ts';
import { checkPlainStart, longestKey, readQuoted, readQuotedKey } from './scan-scalar.ts';

/** A list or map in brackets, JSON among them, in a map or list that starts in the column `parent`. */
export function readFlow(cursor: Cursor, parent: number): unknown {
  enter(cursor);
  const start = cursor.offset;
  cursor.events?.open('flow', start);
  const value = cursor.text.charCodeAt(start) === chars.openMap ? readMap(cursor, parent) : readList(cursor, parent);
  cursor.events?.close(cursor.offset);
  cursor.depth--;
  return value;
}

function readList(cursor: Cursor, parent: number): unknown[] {
  const list: unknown[] = [];
  cursor.offset++;
  skipToToken(cursor, parent);
  while (cursor.text.charCodeAt(cursor.offset) !== chars.closeList) {
    list.push(readValue(cursor, parent));
    skipSeparator(cursor, parent, chars.closeList);
  }
  cursor.offset++;
  return list;
}

function readMap(cursor: Cursor, parent: number): YamlMap {
  const { text } = cursor;
  const map = createMap();
  let size = 0;
  cursor.offset++;
  skipToToken(cursor, parent);
  while (text.charCodeAt(cursor.offset) !== chars.closeMap) {
    countNode(cursor);
    size++;
    if (size > cursor.limits.keysPerMap) leave();
    const start = cursor.offset;
    const name = isQuote(text.charCodeAt(start)) ? readQuotedKey(cursor) : nameKey(readSource(cursor));
    if (name in map || cursor.offset - start > longestKey) leave();
    cursor.events?.key(name, start, cursor.offset);
    if (text.charCodeAt(cursor.offset) !== chars.colon) leave();
    cursor.offset++;
    const next = text.charCodeAt(cursor.offset);
    if (next !== chars.space && next !== chars.lineBreak && !isQuote(text.charCodeAt(start))) leave();
    skipToToken(cursor, parent);
    map[name] = readValue(cursor, parent);
    skipSeparator(cursor, parent, chars.closeMap);
  }
  cursor.offset++;
  return map;
}

function readValue(cursor: Cursor, parent: number): unknown {
  const char = cursor.text.charCodeAt(cursor.offset);
  if (char === chars.openMap || char === chars.openList) return readFlow(cursor, parent);
  countNode(cursor);
  const start = cursor.offset;
  const value = isQuote(char) ? readQuoted(cursor, parent) : resolvePlainScalar(readSource(cursor));
  cursor.events?.scalar(start, cursor.offset);
  return value;
}

/** Nothing that could end it but at its end; spaces only between words. */
const plain =
  /(?:[-\w./$@=+%()*;&|<>~^\\]|:(?=[-\w./$@=+%()*]))+(?: +(?:[-\w./$@=+%()*;&|<>~^\\]|:(?=[-\w./$@=+%()*]))+)*/y;

function readSource(cursor: Cursor): string {
  checkPlainStart(cursor);
  plain.lastIndex = cursor.offset;
  const source = plain.exec(cursor.text)?.[0];
  if (source === undefined) return leave();
  cursor.offset += source.length;
  return source;
}

function isQuote(char: number): boolean {
  return char === chars.doubleQuote || char === chars.singleQuote;
}

/** Over a comma, or to the bracket at the end. */
function skipSeparator(cursor: Cursor, parent: number, end: number): void {
  skipToToken(cursor, parent);
  const char = cursor.text.charCodeAt(cursor.offset);
  if (char === end) return;
  if (char !== chars.comma) leave();
  cursor.offset++;
  skipToToken(cursor, parent);
}

/** Over space and line breaks; lines that go on stand deeper than what they are in. */
function skipToToken(cursor: Cursor, parent: number): void {
  const { text } = cursor;
  let { offset } = cursor;
  let lineStart = -1;
  for (; ; offset++) {
    const char = text.charCodeAt(offset);
    if (char === chars.lineBreak) lineStart = offset + 1;
    else if (char !== chars.space) break;
  }
  if (lineStart !== -1) {
    if (offset - lineStart <= parent) leave();
    // A marker at the start of a line ends the document.
    if (offset === lineStart && (text.startsWith('---', offset) || text.startsWith('...', offset))) leave();
  }
  cursor.offset = offset;
}
