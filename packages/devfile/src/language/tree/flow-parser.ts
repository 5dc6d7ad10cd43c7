import type { ListItem, MapEntry, ScalarNode, TreeNode } from './node.ts';
import { deepest, isBlank, type Reader } from './reader.ts';
import { trimWhiteSpaceEnd } from './scalar-text.ts';

/**
 * Reads `{...}` and `[...]` as far as they are written: commas and closing brackets may be missing. Ends before a line that
 * starts in `parentColumn` or before it, because there the block around goes on.
 */
export function readFlow(reader: Reader, parentColumn: number): TreeNode {
  return new FlowParser(reader, parentColumn).readNode(0);
}

class FlowParser {
  private readonly reader: Reader;
  private readonly parentColumn: number;

  constructor(reader: Reader, parentColumn: number) {
    this.reader = reader;
    this.parentColumn = parentColumn;
  }

  readNode(depth: number): TreeNode {
    const { reader } = this;
    reader.skipProperties();
    if (depth < deepest && reader.char === '{') return this.readMap(depth);
    if (depth < deepest && reader.char === '[') return this.readList(depth);
    if (reader.char === '"' || reader.char === "'") return this.readQuoted();
    const scalar = this.readPlain();
    if (!scalar.value.startsWith('*')) return scalar;
    return { kind: 'alias', name: scalar.value.slice(1), start: scalar.start, end: scalar.end };
  }

  private readMap(depth: number): TreeNode {
    const { reader } = this;
    const start = reader.at++;
    const entries: MapEntry[] = [];
    while (this.skipToContent()) {
      if (reader.char === '}') return { kind: 'map', isFlow: true, entries, start, end: ++reader.at };
      if (reader.char === ']') break;
      if (reader.char === ',') reader.at++;
      else entries.push(this.readEntry(depth));
    }
    return { kind: 'map', isFlow: true, entries, start, end: reader.at };
  }

  private readEntry(depth: number): MapEntry {
    const { reader } = this;
    const first = this.readNode(depth + 1);
    const key = toKey(first, reader.text);
    if (!this.skipToContent() || reader.char !== ':') return { key, start: key.start, end: key.end };
    const colon = reader.at++;
    const value = this.readValue(depth);
    return { key, colon, start: key.start, end: value?.end ?? colon + 1, ...(value && { value }) };
  }

  private readValue(depth: number): TreeNode | undefined {
    if (!this.skipToContent()) return undefined;
    return ',}]'.includes(this.reader.char) ? undefined : this.readNode(depth + 1);
  }

  private readList(depth: number): TreeNode {
    const { reader } = this;
    const start = reader.at++;
    const items: ListItem[] = [];
    while (this.skipToContent()) {
      if (reader.char === ']') return { kind: 'list', isFlow: true, items, start, end: ++reader.at };
      if (reader.char === '}') break;
      if (reader.char === ',') reader.at++;
      else items.push(this.readItem(depth));
    }
    return { kind: 'list', isFlow: true, items, start, end: reader.at };
  }

  private readItem(depth: number): ListItem {
    const { reader } = this;
    const value = this.readNode(depth + 1);
    const { at } = reader;
    // `[a: b]` is a list of one map.
    if (!this.skipToContent() || reader.char !== ':') {
      reader.at = at;
      return { isMarked: true, value, start: value.start, end: value.end };
    }
    const colon = reader.at++;
    const held = this.readValue(depth);
    const key = toKey(value, reader.text);
    const entry = { key, colon, start: key.start, end: held?.end ?? colon + 1, ...(held && { value: held }) };
    const map: TreeNode = { kind: 'map', isFlow: true, entries: [entry], start: entry.start, end: entry.end };
    return { isMarked: true, value: map, start: map.start, end: map.end };
  }

  private readQuoted(): ScalarNode {
    const isJson = this.parentColumn < 0;
    return this.reader.readQuoted((lineStart) => !isJson && this.isInside(lineStart));
  }

  private readPlain(): ScalarNode {
    const { reader } = this;
    const start = reader.at;
    while (reader.at < reader.end && !this.endsPlain()) reader.at++;
    // A character that nothing can be made of must not stop the reader.
    if (reader.at === start && start < reader.end) reader.at++;
    const value = trimWhiteSpaceEnd(reader.text.slice(start, reader.at));
    return { kind: 'scalar', style: 'plain', value, start, end: start + value.length };
  }

  private endsPlain(): boolean {
    const { reader } = this;
    const { char } = reader;
    if (',[]{}\n\r'.includes(char) || reader.isCommentAt(reader.at)) return true;
    // A quote behind a space is the next key, and the comma is missing.
    if (char === '"') return isBlank(reader.charAt(reader.at - 1));
    if (char !== ':') return false;
    const next = reader.charAt(reader.at + 1);
    return isBlank(next) || ',[]{}'.includes(next);
  }

  /** To the next token; false where there is none, or none that belongs to the collection. */
  private skipToContent(): boolean {
    const { reader } = this;
    const from = reader.at;
    if (!reader.skipToToken()) return false;
    const lineBreak = reader.text.slice(from, reader.at).lastIndexOf('\n');
    if (this.parentColumn < 0 || lineBreak === -1 || '}]'.includes(reader.char)) return true;
    if (this.isInside(from + lineBreak + 1)) return true;
    reader.at = from;
    return false;
  }

  private isInside(lineStart: number): boolean {
    let column = 0;
    while (this.reader.charAt(lineStart + column) === ' ') column++;
    return column > this.parentColumn;
  }
}

/** A key that is no text is known by what is written. */
function toKey(node: TreeNode, text: string): ScalarNode {
  if (node.kind === 'scalar') return node;
  return { kind: 'scalar', style: 'plain', value: text.slice(node.start, node.end), start: node.start, end: node.end };
}
