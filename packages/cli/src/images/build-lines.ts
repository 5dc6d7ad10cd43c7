import type { BuildProgress } from '@devstead/runtime/images';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { StatusLine } from '../up/status-line.ts';

/** A line for each step of each build, as it begins; and how long the step under way takes, with what it does. */
export class BuildLines {
  private readonly io: Io;
  private readonly status: StatusLine;
  private readonly steps = new Map<string, string>();

  constructor(io: Io) {
    this.io = io;
    this.status = new StatusLine(io);
  }

  read({ image, step, text }: BuildProgress): void {
    const label = `image ${image.padEnd(11)} ${step.padEnd(9)}`;
    if (this.steps.get(image) === step) {
      this.status.update(image, text);
      return;
    }
    this.steps.set(image, step);
    this.status.clear();
    const line = `  ${label} ${harmlessText(text, false)}`;
    this.io.stderr.write(`${line.slice(0, Math.max(40, this.io.stderr.columns))}\n`);
    this.status.finish(image);
    if (step !== 'done') this.status.begin(image, label.trimEnd());
  }

  /** Leaves the terminal clean, also after a failure. */
  end(): void {
    for (const image of this.steps.keys()) this.status.finish(image);
  }
}
