const maxQuickRestarts = 5;
/** A change so soon after a start was likely made by what started. */
const soonMs = 2000;
const firstWaitMs = 1000;
const longestWaitMs = 30_000;

/**
 * Notices when what is restarted or built changes files that are watched, which would go on for ever: after some
 * restarts in a row that each came right after a start and have a path in common, every further one waits longer.
 */
export class LoopGuard {
  private common: ReadonlySet<string> | undefined;
  private count = 0;

  /**
   * Takes in a change, seen `sinceStartMs` after the last start. Returns how long to wait before acting on it, and the
   * path that is always among them.
   */
  judge(paths: readonly string[], sinceStartMs: number): { readonly waitMs: number; readonly culprit?: string } {
    const { common } = this;
    const shared = common === undefined ? paths : paths.filter((path) => common.has(path));
    const [culprit] = shared;
    if (sinceStartMs > soonMs || culprit === undefined) {
      this.reset();
      this.common = new Set(paths);
      return { waitMs: 0 };
    }
    this.common = new Set(shared);
    this.count += 1;
    if (this.count < maxQuickRestarts) return { waitMs: 0 };
    return { waitMs: Math.min(longestWaitMs, firstWaitMs * 2 ** (this.count - maxQuickRestarts)), culprit };
  }

  private reset(): void {
    this.common = undefined;
    this.count = 0;
  }
}
