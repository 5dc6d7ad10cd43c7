import type { Span } from './tree/node.ts';
import type { Position, Range } from './types.ts';

/** Converts between offsets and positions. Lines end with CR LF, LF or CR, as in the Language Server Protocol. */
export class TextLines {
  private readonly text: string;
  private readonly starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ index, 0: lineBreak }) => index + lineBreak.length)];
  }

  get count(): number {
    return this.starts.length;
  }

  /** Offset of a line's first character; behind the last line, the end of the text. */
  startOf(line: number): number {
    return this.starts[Math.max(line, 0)] ?? this.text.length;
  }

  /** A position behind the end of its line means the end of the line. */
  offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    if (line >= this.starts.length) return this.text.length;
    return Math.min(this.startOf(line) + Math.max(character, 0), this.endOf(line));
  }

  /** Offset behind a line's last character, before its line break. */
  endOf(line: number): number {
    let end = this.startOf(line + 1);
    if (line + 1 < this.starts.length) {
      end--;
      if (this.text[end] === '\n' && this.text[end - 1] === '\r') end--;
    }
    return end;
  }

  positionAt(offset: number): Position {
    const inText = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.startOf(middle) <= inText) low = middle;
      else high = middle;
    }
    // Between CR and LF is the end of the line.
    return { line: low, character: Math.min(inText, this.endOf(low)) - this.startOf(low) };
  }

  rangeOf({ start, end }: Span): Range {
    return { start: this.positionAt(start), end: this.positionAt(end) };
  }

  /** Spaces a line starts with. */
  indentationOf(line: number): number {
    const start = this.startOf(line);
    let end = start;
    while (this.text[end] === ' ') end++;
    return end - start;
  }
}
