import type { Clock } from '@devstead/kit';

/** A stream that keeps what is written to it. */
export class KeptOutput {
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  readonly columns: number;
  private readonly pieces: string[] = [];

  constructor(
    options: { readonly isTerminal?: boolean; readonly hasColour?: boolean; readonly columns?: number } = {},
  ) {
    this.isTerminal = options.isTerminal ?? false;
    this.hasColour = options.hasColour ?? false;
    this.columns = options.columns ?? 100;
  }

  write(text: string): void {
    this.pieces.push(text);
  }

  /** Everything written so far. */
  get text(): string {
    return this.pieces.join('');
  }
}

interface FakeIoOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. Default: the first second of 2025. */
  readonly now?: number;
  readonly hasColour?: boolean;
  readonly isTerminal?: boolean;
}

/**
 * What a command line may touch, kept in memory: streams that remember, a clock that stands still, and a signal that a
 * test gives. Nothing of the process that runs the test is seen through it.
 */
export class FakeIo {
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly stdin: { readonly isTerminal: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  private readonly interruption = new AbortController();

  constructor(options: FakeIoOptions) {
    this.stdout = new KeptOutput(options);
    this.stderr = new KeptOutput(options);
    this.stdin = { isTerminal: options.isTerminal ?? false };
    this.env = options.env ?? {};
    this.cwd = options.cwd;
    const now = options.now ?? Date.UTC(2025, 0, 1);
    this.clock = { now: () => now };
  }

  get signal(): AbortSignal {
    return this.interruption.signal;
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.interruption.abort();
  }
}
