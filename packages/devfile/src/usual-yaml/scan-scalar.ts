import { type Cursor, chars, leave } from './cursor.ts';

/** With room for the colon: YAML allows 1024 characters. */
export const longestKey = 1000;

/** Characters that unquoted texts start with here: no indicator that has a meaning of its own. */
const plainStart = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.$()+~=^;\\<') {
  plainStart[char.charCodeAt(0)] = 1;
}

/** Throws where an unquoted text cannot start. */
export function checkPlainStart(cursor: Cursor): void {
  const { text, offset } = cursor;
  const char = text.charCodeAt(offset);
  if (char < 128 ? plainStart[char] === 1 : char >= 128) return;
  if (char !== chars.dash || !(text.charCodeAt(offset + 1) > chars.space)) leave();
}

/** An unquoted text, as far as it stands on this line; the cursor is left behind it. */
export function readPlainLine(cursor: Cursor): string {
  const { text, offset } = cursor;
  const end = findPlainEnd(text, offset, findLineEnd(text, offset));
  const source = text.slice(offset, end);
  if (hasKeyMark(source) || source.includes('\t')) leave();
  cursor.offset = end;
  return source;
}

export function findLineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** Before a comment and the space at the end of the line. */
function findPlainEnd(text: string, from: number, lineEnd: number): number {
  let end = lineEnd;
  for (let offset = from + 1; offset < lineEnd; offset++) {
    if (text.charCodeAt(offset) === chars.hash && text.charCodeAt(offset - 1) === chars.space) {
      end = offset;
      break;
    }
  }
  while (text.charCodeAt(end - 1) === chars.space) end--;
  return end;
}

function hasKeyMark(source: string): boolean {
  for (let colon = source.indexOf(':'); colon !== -1; colon = source.indexOf(':', colon + 1)) {
    if (!(source.charCodeAt(colon + 1) > chars.space)) return true;
  }
  return false;
}

/** A quoted text in a map or list that starts in the column `parent`; the cursor is left behind it. */
export function readQuoted(cursor: Cursor, parent: number): string {
  const { text, offset } = cursor;
  const isDouble = text.charCodeAt(offset) === chars.doubleQuote;
  const end = findQuotedEnd(text, offset);
  let source = text.slice(offset + 1, end - 1);
  if (source.includes('\n')) {
    checkIndents(source, parent);
    source = foldLines(source);
  }
  cursor.offset = end;
  if (isDouble) return source.includes('\\') ? unescape(source) : source;
  return source.includes("'") ? source.replaceAll("''", "'") : source;
}

/** A quoted key; it stands on one line, and YAML allows no longer ones. */
export function readQuotedKey(cursor: Cursor): string {
  const { text, offset } = cursor;
  const name = readQuoted(cursor, -1);
  if (cursor.offset - offset > longestKey || text.slice(offset, cursor.offset).includes('\n')) leave();
  return name;
}

/** Behind the quote that closes the text whose first quote is given. */
export function findQuotedEnd(text: string, from: number): number {
  return text.charCodeAt(from) === chars.doubleQuote ? findDoubleEnd(text, from) : findSingleEnd(text, from);
}

function findSingleEnd(text: string, from: number): number {
  let end = text.indexOf("'", from + 1);
  while (end !== -1 && text.charCodeAt(end + 1) === chars.singleQuote) end = text.indexOf("'", end + 2);
  return end === -1 ? leave() : end + 1;
}

function findDoubleEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === chars.backslash) before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return leave();
}

/** Lines that go on, and the quote at the end, stand deeper than what they are in. */
function checkIndents(source: string, parent: number): void {
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const indent = countSpaces(line);
    if ((indent < line.length || index === lines.length - 1) && indent <= parent) leave();
    if (line.startsWith('---') || line.startsWith('...')) leave();
  }
}

/** One line break is a space, more are one less. */
function foldLines(source: string): string {
  const lines = source.split('\n');
  let value = '';
  let breaks = 0;
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    if (/^ *\t|\t *$|\\ *$/.test(line) && !(isLast && line.endsWith('\\'))) leave();
    const content = line.slice(index === 0 ? 0 : countSpaces(line), isLast ? undefined : findSpaceAtEnd(line));
    if (index === 0) value = content;
    else if (content !== '' || isLast) {
      value += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + content;
      breaks = 0;
    } else breaks++;
  }
  return value;
}

function countSpaces(line: string): number {
  let count = 0;
  while (line.charCodeAt(count) === chars.space) count++;
  return count;
}

/** Where the spaces at the end begin; other characters that look like space are text. */
function findSpaceAtEnd(line: string): number {
  let end = line.length;
  while (line.charCodeAt(end - 1) === chars.space) end--;
  return end;
}

const escapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }),
);

function unescape(source: string): string {
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_all, digits: string | undefined, char: string) =>
    digits === undefined ? (escapes.get(char) ?? leave()) : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
