import type { Limits } from '../limits.ts';
import { resolvePlainScalar, type ScalarValue } from '../resolve-scalar.ts';
import {
  type Cursor,
  chars,
  countNode,
  enter,
  finishLine,
  isBlank,
  leave,
  nextLine,
  skipSpace,
  Unusual,
  type YamlEvents,
} from './cursor.ts';
import { createMap, nameKey, type YamlMap } from './map.ts';
import { readFlow } from './read-flow.ts';
import { readBlockScalar } from './scan-block-scalar.ts';
import { checkPlainStart, findQuotedEnd, longestKey, readPlainLine, readQuoted, readQuotedKey } from './scan-scalar.ts';

/** Characters that mean something to YAML, or to nobody; and a carriage return, which is only read by the full parser. */
const strange = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/;

/**
 * Reads the YAML that devfiles are written in, JSON among it, in one pass and in time linear in its length: maps and lists
 * by indentation or in brackets, texts on one line, block scalars, comments. What it gives is what the full parser gives,
 * and there is nothing to warn of; for a text with anything else in it (anchors, tags, duplicate keys, mistakes, more
 * than the limits allow) it gives nothing, and the full parser is to be asked.
 */
export function readUsualYaml(text: string, limits: Limits, events?: YamlEvents): { value: unknown } | undefined {
  if (strange.test(text)) return undefined;
  const cursor: Cursor = { text, limits, events, offset: 0, lineStart: 0, indent: -1, depth: 0, nodes: 0 };
  try {
    return { value: readDocument(cursor) };
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

function readDocument(cursor: Cursor): unknown {
  nextLine(cursor);
  if (cursor.indent === 0 && cursor.text.startsWith('---', cursor.offset)) {
    cursor.offset += 3;
    finishLine(cursor);
  }
  if (cursor.indent === -1) leave();
  const first = cursor.text.charCodeAt(cursor.offset);
  let value: unknown;
  if (first === chars.openMap || first === chars.openList) {
    value = readFlow(cursor, -1);
    finishLine(cursor);
  } else value = readBlock(cursor, -1);
  if (cursor.indent !== -1 || typeof value !== 'object') leave();
  return value;
}

/** The value at the cursor, on a line of its own or behind a dash, in a map or list that starts in the column `parent`. */
function readBlock(cursor: Cursor, parent: number): unknown {
  const column = cursor.offset - cursor.lineStart;
  if (isDash(cursor)) return readList(cursor, column);
  return isKeyNext(cursor) ? readMap(cursor, column) : readInline(cursor, parent);
}

function isDash({ text, offset }: Cursor): boolean {
  return text.charCodeAt(offset) === chars.dash && isBlank(text.charCodeAt(offset + 1));
}

function readList(cursor: Cursor, column: number): unknown[] {
  const list: unknown[] = [];
  enter(cursor);
  cursor.events?.open('list', cursor.offset);
  do {
    cursor.offset++;
    skipSpace(cursor);
    list.push(readItem(cursor, column));
  } while (cursor.indent === column && isDash(cursor));
  if (cursor.indent > column) leave();
  cursor.events?.close(cursor.offset);
  cursor.depth--;
  return list;
}

/** What stands behind a dash in the column `parent`. */
function readItem(cursor: Cursor, parent: number): unknown {
  const { text, offset } = cursor;
  const char = text.charCodeAt(offset);
  if (char === chars.lineBreak || char === chars.hash) {
    finishLine(cursor);
    if (cursor.indent <= parent) leave();
  }
  return readBlock(cursor, parent);
}

/** True when there is a key at the cursor. */
function isKeyNext(cursor: Cursor): boolean {
  const { text, offset } = cursor;
  const char = text.charCodeAt(offset);
  if (char === chars.doubleQuote || char === chars.singleQuote) {
    return text.charCodeAt(findQuotedEnd(text, offset)) === chars.colon;
  }
  return findKeyEnd(text, offset) !== -1;
}

/** The colon after an unquoted key; -1 where there is none on the line. */
function findKeyEnd(text: string, from: number): number {
  for (let offset = from; ; offset++) {
    const char = text.charCodeAt(offset);
    if (char === chars.colon) {
      if (isBlank(text.charCodeAt(offset + 1))) return offset;
    } else if (char === chars.lineBreak || Number.isNaN(char)) return -1;
    else if (char === chars.hash && text.charCodeAt(offset - 1) === chars.space) return -1;
    else if (char === chars.openMap || char === chars.openList) {
      // Brackets at the start are a value; later they are part of the text.
      if (offset === from) return -1;
    }
  }
}

function readMap(cursor: Cursor, column: number): YamlMap {
  const map = createMap();
  let size = 0;
  enter(cursor);
  cursor.events?.open('map', cursor.offset);
  do {
    const name = readKey(cursor);
    size++;
    if (name in map || size > cursor.limits.keysPerMap) leave();
    skipSpace(cursor);
    map[name] = readValue(cursor, column);
  } while (cursor.indent === column);
  if (cursor.indent > column) leave();
  cursor.events?.close(cursor.offset);
  cursor.depth--;
  return map;
}

function readKey(cursor: Cursor): string {
  const { text, offset } = cursor;
  const char = text.charCodeAt(offset);
  countNode(cursor);
  let name: string;
  if (char === chars.doubleQuote || char === chars.singleQuote) {
    name = readQuotedKey(cursor);
    if (text.charCodeAt(cursor.offset) !== chars.colon || !isBlank(text.charCodeAt(cursor.offset + 1))) leave();
  } else {
    checkPlainStart(cursor);
    // Three dashes or dots start another document.
    if (cursor.indent === 0 && (char === chars.dash || char === chars.dot)) leave();
    const end = findKeyEnd(text, offset);
    const source = text.slice(offset, end);
    if (end === -1 || source.endsWith(' ') || source.includes('\t')) leave();
    name = nameKey(source);
    cursor.offset = end;
  }
  if (cursor.offset - offset > longestKey) leave();
  cursor.events?.key(name, offset, cursor.offset);
  cursor.offset++;
  return name;
}

/** What stands behind the colon of a key in the column `parent`. */
function readValue(cursor: Cursor, parent: number): unknown {
  const { text, offset } = cursor;
  const char = text.charCodeAt(offset);
  if (char !== chars.lineBreak && char !== chars.hash && offset < text.length) return readInline(cursor, parent);
  finishLine(cursor);
  if (cursor.indent > parent) return readBlock(cursor, parent);
  if (cursor.indent === parent && isDash(cursor)) return readList(cursor, parent);
  countNode(cursor);
  cursor.events?.scalar(offset, offset);
  return null;
}

/** A value that starts on the line of its key or dash. */
function readInline(cursor: Cursor, parent: number): unknown {
  const char = cursor.text.charCodeAt(cursor.offset);
  if (char === chars.openMap || char === chars.openList) {
    const value = readFlow(cursor, parent);
    finishLine(cursor);
    return value;
  }
  countNode(cursor);
  if (char === chars.bar || char === chars.greater) return readBlockScalar(cursor, parent);
  if (char === chars.doubleQuote || char === chars.singleQuote) {
    const start = cursor.offset;
    const value = readQuoted(cursor, parent);
    cursor.events?.scalar(start, cursor.offset);
    finishLine(cursor);
    return cursor.indent > parent ? leave() : value;
  }
  return readPlain(cursor, parent);
}

/** An unquoted text; lines after the first stand deeper than what it is in. */
function readPlain(cursor: Cursor, parent: number): ScalarValue {
  const start = cursor.offset;
  checkPlainStart(cursor);
  let source = readPlainLine(cursor);
  let end = cursor.offset;
  finishLine(cursor);
  while (cursor.indent > parent) {
    source += foldBreaks(cursor.text.slice(end, cursor.offset));
    checkPlainStart(cursor);
    source += readPlainLine(cursor);
    end = cursor.offset;
    finishLine(cursor);
  }
  cursor.events?.scalar(start, end);
  return resolvePlainScalar(source);
}

/** What stands for the space and line breaks between two lines of a text: one break is a space, more are one less. */
function foldBreaks(between: string): string {
  let breaks = 0;
  for (let index = 0; index < between.length; index++) {
    const char = between.charCodeAt(index);
    if (char === chars.lineBreak) breaks++;
    else if (char !== chars.space) leave();
  }
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}
