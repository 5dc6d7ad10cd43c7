/**
 * The hub of a workspace that is being started, and its networks. It starts when somebody needs it, or when nothing more
 * urgent is left to start, and only once.
 */
export class PendingHub {
  private start: (() => Promise<void>) | undefined;
  private begun: Promise<void> | undefined;
  private networks: ReadonlySet<string> = new Set();
  private made: Promise<unknown> = Promise.resolve();

  /** `networks`: those, by their names at the engine, that it will be in; `made` tells that they are there. */
  plan(networks: readonly string[], made: Promise<unknown>, start: () => Promise<void>): void {
    this.networks = new Set(networks);
    this.made = made;
    // Who needs them is told why they are not there.
    made.catch(() => undefined);
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

  /** Returns when the networks are there that containers were made for. */
  async haveNetworks(): Promise<void> {
    await this.made;
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
    this.made = Promise.resolve();
    this.start = undefined;
    this.begun = undefined;
  }
}
