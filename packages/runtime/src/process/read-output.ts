import type { ChildProcess } from 'node:child_process';

/** What was read of a program's output, and why not all of it. */
export interface OutputReading {
  /** What went wrong in taking a piece of output; nothing is taken after that. */
  readonly problem?: unknown;
}

/**
 * Hands both output streams of a program, as they come, to `take`. When that throws (a full disk, say), `stop` is called
 * once, and what the program still says is passed over, so that it can end.
 */
export function readOutput(child: ChildProcess, take: (text: string) => void, stop: () => void): OutputReading {
  const reading: { problem?: unknown } = {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if ('problem' in reading) return;
      try {
        take(text);
      } catch (error) {
        reading.problem = error;
        stop();
      }
    });
  }
  return reading;
}
