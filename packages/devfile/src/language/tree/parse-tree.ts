import { readFlow } from './flow-parser.ts';
import type { ListItem, ListNode, MapEntry, MapNode, ScalarNode, TreeNode } from './node.ts';
import { deepest, isBlank, Reader } from './reader.ts';
import { foldLines, trimWhiteSpaceEnd } from './scalar-text.ts';

/**
 * Reads YAML or JSON as far as it is written, also while somebody types it: a key may have no colon, an item no dash, a
 * bracket or a quote no end. Sound YAML has the structure that YAML gives it (a property test holds both together); scalars
 * are texts, anchors, tags and what merge keys bring in are left out. Nothing is thrown; time is linear in the text.
 */
export function parseTree(text: string): TreeNode | undefined {
  const [start, end] = findDocument(text);
  return new BlockParser(new Reader(text, start, end)).readDocument();
}

/** The first document: behind its `---`, before the next one or `...`. */
function findDocument(text: string): readonly [number, number] {
  let start = 0;
  let isOpen = false;
  for (let line = 0; line < text.length; ) {
    const next = text.indexOf('\n', line) + 1 || text.length;
    const mark = text.slice(line, line + 3);
    const isMark = (mark === '---' || mark === '...') && isBlank(text[line + 3] ?? '');
    if (isMark && (isOpen || mark === '...')) return [start, line];
    if (isMark) start = line + 3;
    else if (mark.startsWith('%') && !isOpen) start = next;
    if (isMark || !/^\s*(#|$|%)/.test(text.slice(line, Math.min(next, line + 200)))) isOpen = true;
    line = next;
  }
  return [start, text.length];
}

class BlockParser {
  private readonly reader: Reader;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  readDocument(): TreeNode | undefined {
    const { reader } = this;
    if (!reader.skipToToken()) return undefined;
    return this.readBlock(-1, 0);
  }

  /** What stands behind a colon or a dash in `parentColumn`. */
  private readValue(parentColumn: number, depth: number, isOfMap: boolean): TreeNode | undefined {
    const { reader } = this;
    reader.skipSpaces();
    reader.skipProperties();
    if (!reader.isLineOver()) {
      if (isOfMap) return this.readInline(parentColumn);
      return this.readBlock(parentColumn, depth + 1);
    }
    const { at } = reader;
    if (reader.skipToToken()) {
      const column = reader.columnOf(reader.at);
      if (column > parentColumn) return this.readBlock(parentColumn, depth + 1);
      if (isOfMap && column === parentColumn && this.isDash()) return this.readList(column, depth + 1, true);
    }
    reader.at = at;
    return undefined;
  }

  private readBlock(parentColumn: number, depth: number): TreeNode {
    const { reader } = this;
    reader.skipProperties();
    if (reader.isLineOver()) reader.skipToToken();
    const column = reader.columnOf(reader.at);
    if (depth > deepest) return this.readPlain(parentColumn);
    if (this.isDash()) return this.readList(column, depth, false);
    if (this.findColon(reader.at) !== undefined || this.isBesideKey(column)) return this.readMap(column, depth);
    return this.readInline(parentColumn);
  }

  private readInline(parentColumn: number): TreeNode {
    const { reader } = this;
    const { char } = reader;
    if (char === '{' || char === '[') return this.endLine(readFlow(reader, parentColumn));
    if (char === '"' || char === "'") {
      return this.endLine(reader.readQuoted((lineStart) => this.isDeeper(lineStart, parentColumn)));
    }
    if ((char === '|' || char === '>') && /^[-+0-9]*[ \t]*(#.*)?$/.test(this.restOfLine(1)))
      return this.readBlockScalar(parentColumn);
    if (char === '*' && !isBlank(reader.charAt(reader.at + 1))) {
      const { value, start, end } = this.readPlain(parentColumn);
      return { kind: 'alias', name: value.slice(1), start, end };
    }
    return this.readPlain(parentColumn);
  }

  private readMap(column: number, depth: number): MapNode {
    const { reader } = this;
    const entries: MapEntry[] = [];
    const start = reader.at;
    for (;;) {
      const { at } = reader;
      if (!reader.skipToToken() || (entries.length > 0 && reader.columnOf(reader.at) < column)) {
        reader.at = at;
        return { kind: 'map', isFlow: false, entries, start, end: entries.at(-1)?.end ?? start };
      }
      entries.push(this.readEntry(depth));
    }
  }

  private readEntry(depth: number): MapEntry {
    const { reader } = this;
    const start = reader.at;
    const column = reader.columnOf(start);
    const colon = this.findColon(start);
    if (colon === undefined) {
      const key = this.readLine();
      return { key, start, end: key.end };
    }
    const key = this.readKey(colon);
    reader.at = colon + 1;
    const value = this.readValue(column, depth, true);
    return { key, colon, start, end: value?.end ?? colon + 1, ...(value && { value }) };
  }

  private readKey(colon: number): ScalarNode {
    const { reader } = this;
    const { char } = reader;
    if (char === '"' || char === "'") return reader.readQuoted(() => false);
    reader.skipProperties();
    const start = Math.min(reader.at, colon);
    const value = trimWhiteSpaceEnd(reader.text.slice(start, colon));
    return { kind: 'scalar', style: 'plain', value, start, end: start + value.length };
  }

  private readList(column: number, depth: number, isLevelWithKey: boolean): ListNode {
    const { reader } = this;
    const items: ListItem[] = [];
    const start = reader.at;
    for (;;) {
      const { at } = reader;
      const isThere = reader.skipToToken();
      const found = isThere ? reader.columnOf(reader.at) : -1;
      if (found < column || (isLevelWithKey && found === column && !this.isDash())) {
        reader.at = at;
        return { kind: 'list', isFlow: false, items, start, end: items.at(-1)?.end ?? start };
      }
      items.push(this.readItem(column, depth));
    }
  }

  private readItem(column: number, depth: number): ListItem {
    const { reader } = this;
    const start = reader.at;
    if (!this.isDash()) {
      const value = depth > deepest ? this.readLine() : this.readBlock(column, depth + 1);
      return { isMarked: false, value, start, end: value.end };
    }
    const dashColumn = reader.columnOf(start);
    reader.at++;
    const value = this.readValue(dashColumn, depth, false);
    return { isMarked: true, start, end: value?.end ?? start + 1, ...(value && { value }) };
  }

  private readPlain(parentColumn: number): ScalarNode {
    const { reader } = this;
    const start = reader.at;
    let { end } = this.readLine();
    for (;;) {
      const isCut = reader.isCommentAt(reader.at);
      const lineStart = reader.text.indexOf('\n', reader.at) + 1;
      if (isCut || lineStart === 0 || lineStart >= reader.end) break;
      const token = this.skipBlankLines(lineStart);
      if (token >= reader.end || reader.isCommentAt(token)) break;
      if (!this.isDeeper(token, parentColumn, reader.columnOf(token)) || this.findColon(token) !== undefined) break;
      reader.at = token;
      end = this.readLine().end;
    }
    reader.at = end;
    return { kind: 'scalar', style: 'plain', value: foldLines(reader.text.slice(start, end)), start, end };
  }

  /** The rest of the line without its comment. */
  private readLine(): ScalarNode {
    const { reader } = this;
    const start = reader.at;
    const lineEnd = reader.lineEndAfter(start);
    const line = reader.text.slice(start, lineEnd);
    const comment = /[ \t]#/.exec(line)?.index;
    const stop = comment === undefined ? lineEnd : start + comment + 1;
    const value = trimWhiteSpaceEnd(line.slice(0, stop - start));
    reader.at = stop;
    return { kind: 'scalar', style: 'plain', value, start, end: start + value.length };
  }

  private readBlockScalar(parentColumn: number): ScalarNode {
    const { reader } = this;
    const start = reader.at;
    let end = reader.lineEndAfter(start);
    let lineStart = reader.text.indexOf('\n', end) + 1 || reader.end;
    while (lineStart < reader.end) {
      const lineEnd = reader.lineEndAfter(lineStart);
      const isEmpty = trimWhiteSpaceEnd(reader.text.slice(lineStart, lineEnd)) === '';
      if (!isEmpty && !this.isDeeper(lineStart, parentColumn)) break;
      if (!isEmpty) end = lineEnd;
      lineStart = reader.text.indexOf('\n', lineEnd) + 1 || reader.end;
    }
    reader.at = end;
    return { kind: 'scalar', style: 'block', value: reader.text.slice(start, end), start, end };
  }

  /** Nothing may follow on the line, so what does is passed over. */
  private endLine(node: TreeNode): TreeNode {
    this.reader.at = this.reader.lineEndAfter(node.end);
    return node;
  }

  private restOfLine(skipped: number): string {
    const { reader } = this;
    return reader.text.slice(reader.at + skipped, reader.lineEndAfter(reader.at));
  }

  private isDash(): boolean {
    return this.reader.char === '-' && isBlank(this.reader.charAt(this.reader.at + 1));
  }

  private isDeeper(lineStart: number, parentColumn: number, known?: number): boolean {
    let column = known ?? 0;
    if (known === undefined) while (this.reader.charAt(lineStart + column) === ' ') column++;
    return column > parentColumn;
  }

  private skipBlankLines(lineStart: number): number {
    let at = lineStart;
    while (at < this.reader.end && isBlank(this.reader.charAt(at))) at++;
    return at;
  }

  /** A line without a colon that has keys beside it is a key that is being typed. */
  private isBesideKey(column: number): boolean {
    const { reader } = this;
    if ('{["\'|>*'.includes(reader.char)) return false;
    const lineStart = reader.text.indexOf('\n', reader.at) + 1;
    if (lineStart === 0) return false;
    const token = this.skipBlankLines(lineStart);
    return token < reader.end && reader.columnOf(token) === column && this.findColon(token) !== undefined;
  }

  /** The colon behind the key that starts at an offset; nothing when there is no key. */
  private findColon(offset: number): number | undefined {
    const { reader } = this;
    const lineEnd = reader.lineEndAfter(offset);
    const first = reader.charAt(offset);
    let from = offset;
    if (first === '"' || first === "'") {
      from = findQuoteEnd(reader.text, offset, lineEnd);
      while (from < lineEnd && isBlank(reader.charAt(from))) from++;
      return reader.charAt(from) === ':' && isBlank(reader.charAt(from + 1)) ? from : undefined;
    }
    if (first === '{' || first === '[' || first === '#' || (first === '-' && isBlank(reader.charAt(offset + 1))))
      return undefined;
    const line = reader.text.slice(from, lineEnd);
    const colon = /:(?=[ \t]|$)/.exec(line)?.index;
    return colon === undefined || /\s#/.test(line.slice(0, colon)) ? undefined : from + colon;
  }
}

function findQuoteEnd(text: string, start: number, end: number): number {
  const quote = text[start];
  for (let at = start + 1; at < end; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return end;
}
