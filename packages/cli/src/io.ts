import type { Clock } from '@devstead/kit';

/**
 * What a command may touch of the process it runs in: its streams, its variables, its folder, its clock and the signal
 * that asks it to end. Passed in, so that commands are tested in process.
 */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: { readonly isTerminal: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborted by Ctrl-C and by a request to end. */
  readonly signal: AbortSignal;
}

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Escape sequences for colour may be written. */
  readonly hasColour: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  /** Lines of the terminal; absent where there is none. */
  readonly rows?: number;
}

/** The same with other parts, for work that is part of a command. */
export function changeIo({ stdout, stderr, stdin, env, cwd, clock, signal }: Io, change: Partial<Io>): Io {
  return { stdout, stderr, stdin, env, cwd, clock, signal, ...change };
}

type OutputFormat = 'text' | 'json';

/** Writes a command's result: as text, or as one JSON document with its schema's version. */
export function writeResult<Result extends { readonly schemaVersion: string }>(
  io: Io,
  format: OutputFormat,
  result: Result,
  text: () => string,
): void {
  io.stdout.write(format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : text());
}
