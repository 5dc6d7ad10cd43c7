import type { ScalarNode } from './node.ts';
import { foldLines, unescapeDouble } from './scalar-text.ts';

/** Deeper structures are read as texts; `preScan` refuses such files anyway. */
export const deepest = 80;

/** A place in a text that moves forward only, and what block and flow style read alike. */
export class Reader {
  readonly text: string;
  readonly end: number;
  at: number;

  constructor(text: string, start: number, end: number) {
    this.text = text;
    this.at = start;
    this.end = end;
  }

  get char(): string {
    return this.at < this.end ? (this.text[this.at] ?? '') : '';
  }

  charAt(offset: number): string {
    return offset < this.end ? (this.text[offset] ?? '') : '';
  }

  columnOf(offset: number): number {
    return offset - (this.text.lastIndexOf('\n', offset - 1) + 1);
  }

  lineEndAfter(offset: number): number {
    const lineBreak = this.text.indexOf('\n', offset);
    const end = lineBreak === -1 || lineBreak > this.end ? this.end : lineBreak;
    return end > offset && this.text[end - 1] === '\r' ? end - 1 : end;
  }

  skipSpaces(): void {
    while (this.char === ' ' || this.char === '\t') this.at++;
  }

  /** Over white space, line breaks and comments. False at the end. */
  skipToToken(): boolean {
    for (;;) {
      while (isBlank(this.char) && this.at < this.end) this.at++;
      if (this.char !== '#' || !this.isCommentAt(this.at)) return this.at < this.end;
      this.at = this.lineEndAfter(this.at);
    }
  }

  isCommentAt(offset: number): boolean {
    return this.text[offset] === '#' && (offset === 0 || isBlank(this.text[offset - 1] ?? ' '));
  }

  /** Only white space and a comment are left on the line. */
  isLineOver(): boolean {
    this.skipSpaces();
    return this.char === '' || this.char === '\n' || this.char === '\r' || this.isCommentAt(this.at);
  }

  /** Over an anchor and a tag. */
  skipProperties(): void {
    while ((this.char === '&' || this.char === '!') && !isBlank(this.charAt(this.at + 1))) {
      while (!isBlank(this.char)) this.at++;
      this.skipSpaces();
    }
  }

  /** A text in quotes; one that is not closed where it may be ends with its line. */
  readQuoted(canGoOn: (lineStart: number) => boolean): ScalarNode {
    const start = this.at;
    const quote = this.char;
    const lineEnd = this.lineEndAfter(start);
    let close = start + 1;
    for (; close < this.end; close++) {
      const char = this.text[close];
      if (char === '\n' && !canGoOn(close + 1)) break;
      if (quote === '"' && char === '\\') close++;
      else if (char === quote) {
        if (quote === '"' || this.charAt(close + 1) !== quote) return this.endQuoted(start, close + 1, quote);
        close++;
      }
    }
    this.at = lineEnd;
    const value = this.text.slice(start + 1, lineEnd);
    return { kind: 'scalar', style: quote === '"' ? 'double' : 'single', start, end: lineEnd, value };
  }

  private endQuoted(start: number, end: number, quote: string): ScalarNode {
    this.at = end;
    const inner = this.text.slice(start + 1, end - 1);
    if (quote === '"') return { kind: 'scalar', style: 'double', start, end, value: unescapeDouble(inner) };
    return { kind: 'scalar', style: 'single', start, end, value: foldLines(inner).replaceAll("''", "'") };
  }
}

export function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '';
}
