/** One line that a container printed. */
export interface LogLine {
  readonly container: string;
  /** ISO 8601 with nanoseconds, as conmon writes it. */
  readonly at: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A log is cut when it is larger; what it had is kept in one older file beside it. */
export const logLimitBytes = 8 * 2 ** 20;

/**
 * Parses conmon's k8s-file format: `TIME STREAM F|P TEXT`, where P is a line that goes on in the stream's next. Files
 * and lines may be cut within a character, so bytes become text only when a line is whole.
 */
export class LogParser {
  private rest = '';
  private readonly partial = { stdout: '', stderr: '' };
  private readonly container: string;

  constructor(container: string) {
    this.container = container;
  }

  /** The lines that are complete with this piece of the file. */
  feed(chunk: Buffer): LogLine[] {
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.parse(line) ?? []);
  }

  private parse(line: string): LogLine | undefined {
    const match = /^(\S+) (stdout|stderr) ([FP]) (.*)$/s.exec(line);
    if (match === null) return undefined;
    const [, at = '', name, mark, bytes = ''] = match;
    const stream = name === 'stderr' ? 'stderr' : 'stdout';
    this.partial[stream] += bytes;
    if (mark === 'P') return undefined;
    const text = Buffer.from(this.partial[stream], 'latin1').toString('utf8');
    this.partial[stream] = '';
    return { container: this.container, at, stream, text };
  }
}

/** Times that lines are asked for: milliseconds since 1970. */
interface LogTimes {
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** Whether a line was printed at or after the one time and before the other. */
export function isWithin({ at }: LogLine, { sinceMs, untilMs }: LogTimes): boolean {
  const time = Date.parse(at);
  return (sinceMs === undefined || time >= sinceMs) && (untilMs === undefined || time < untilMs);
}
