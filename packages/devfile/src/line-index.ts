/** Where the lines of a text start. */
export class LineIndex {
  private readonly starts: number[] = [];

  constructor(text: string) {
    for (let start = 0; start !== -1; ) {
      this.starts.push(start);
      const lineBreak = text.indexOf('\n', start);
      start = lineBreak === -1 ? -1 : lineBreak + 1;
    }
  }

  /** Line and column of an offset, both from 1. */
  locate(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: Math.max(0, offset - (this.starts[low] ?? 0)) + 1 };
  }
  /** Where a line starts, lines counted from 1. */
  offsetOf(line: number): number {
    return this.starts[line - 1] ?? 0;
  }
}
