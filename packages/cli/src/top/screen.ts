import type { Output } from '../io.ts';

const escape = '\u001b';

/** A terminal's second screen, drawn over again and again; what stood on the first one comes back at its end. */
export class Screen {
  private readonly output: Output;
  private isOpen = false;
  private last = '';

  constructor(output: Output) {
    this.output = output;
  }

  /** Shows a text from the top, cut to the lines there are. */
  draw(text: string): void {
    if (!this.isOpen) this.output.write(`${escape}[?1049h${escape}[?25l`);
    this.isOpen = true;
    this.last = text;
    const lines = text.trimEnd().split('\n');
    const rows = this.output.rows ?? lines.length;
    const shown = lines.slice(0, rows).map((line) => `${line}${escape}[K`);
    this.output.write(`${escape}[H${shown.join('\r\n')}${escape}[J`);
  }

  /** Gives the terminal back as it was, and below it what was shown last. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.output.write(`${escape}[?25h${escape}[?1049l${this.last}`);
  }
}
