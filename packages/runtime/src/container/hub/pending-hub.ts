/**
 * The hub of a workspace that is being started: it starts when somebody needs it, or when nothing more urgent is left to
 * start, and only once.
 */
export class PendingHub {
  private start: (() => Promise<void>) | undefined;
  private begun: Promise<void> | undefined;
  private networks: ReadonlySet<string> = new Set();

  /** `networks`: those, by their names at the engine, that are there and that it will be in. */
  plan(networks: readonly string[], start: () => Promise<void>): void {
    this.networks = new Set(networks);
    this.start = start;
    this.begun = undefined;
  }

  /** Returns when it runs, at once where nobody here is to start it. */
  need(): Promise<void> {
    this.begun ??= this.start?.();
    return this.begun ?? Promise.resolve();
  }

  /** Starts it beside other work; who needs it is told when that fails. */
  begin(): void {
    this.need().catch(() => undefined);
  }

  willBeIn(network: string): boolean {
    return this.networks.has(network);
  }

  /** Returns when no start is under way. */
  async settle(): Promise<void> {
    await this.begun?.catch(() => undefined);
  }

  /** It was stopped, or is to be. */
  async forget(): Promise<void> {
    await this.settle();
    this.networks = new Set();
    this.start = undefined;
    this.begun = undefined;
  }
}
