import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';

interface Running {
  readonly label: string;
  readonly since: number;
  last: string;
}

const redrawMs = 120;
/** Without a terminal a long step says now and then that it is still at work. */
const heartbeatMs = 20_000;

/** The line at the bottom that shows what is under way. On a terminal it is redrawn, elsewhere it speaks rarely. */
export class StatusLine {
  private readonly io: Io;
  private readonly running = new Map<string, Running>();
  private timer: NodeJS.Timeout | undefined;
  private isDrawn = false;

  constructor(io: Io) {
    this.io = io;
  }

  begin(id: string, label: string): void {
    this.running.set(id, { label, since: this.io.clock.now(), last: '' });
    this.timer ??= setInterval(() => this.draw(true), this.io.stderr.isTerminal ? redrawMs : heartbeatMs);
    this.timer.unref();
  }

  /** The step's newest output; only its last line is shown. */
  update(id: string, text: string): void {
    const step = this.running.get(id);
    const line = text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1);
    if (step !== undefined && line !== undefined && line !== '') step.last = harmlessText(line, false);
  }

  finish(id: string): void {
    this.running.delete(id);
    if (this.running.size > 0) return;
    this.clear();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Removes the line from the screen. */
  clear(): void {
    if (!this.isDrawn) return;
    this.io.stderr.write('\r\u001b[K');
    this.isDrawn = false;
  }

  /** Draws the line; without a terminal only when its time has come. */
  draw(isDue = false): void {
    const [step] = this.running.values();
    if (step === undefined) return;
    const seconds = Math.round((this.io.clock.now() - step.since) / 1000);
    if (!this.io.stderr.isTerminal) {
      if (isDue) this.io.stderr.write(`  ${step.label}  ${seconds} s so far: ${step.last.slice(0, 100)}\n`);
      return;
    }
    const text = `  ${step.label}  ${seconds} s  ${step.last}`.slice(0, this.io.stderr.columns - 1);
    this.io.stderr.write(`\r\u001b[K${text}`);
    this.isDrawn = true;
  }
}
