const quickRestarts = 5;
/** A change so soon after a start may have been made by what started. */
const soonMs = 2000;
/** A program writes at the same point of each of its starts; a person does not save so evenly. */
const evenMs = 250;
const waitMs = 3000;

/**
 * Notices when what is restarted or built changes files that are watched, which would go on for ever: after some
 * restarts in a row that each came as soon after the start and have a path in common, every further one waits. Whoever is
 * taken for such a program by mistake loses these seconds and nothing else.
 */
export class LoopGuard {
  private common: ReadonlySet<string> | undefined;
  private delays: number[] = [];

  /**
   * Takes in a change, seen `sinceStartMs` after the last start. Returns how long to wait before acting on it, and the
   * path that is always among them.
   */
  judge(paths: readonly string[], sinceStartMs: number): { readonly waitMs: number; readonly culprit?: string } {
    const { common } = this;
    const shared = common === undefined ? paths : paths.filter((path) => common.has(path));
    const [culprit] = shared;
    if (sinceStartMs > soonMs || culprit === undefined) {
      this.common = new Set(paths);
      this.delays = [];
      return { waitMs: 0 };
    }
    this.common = new Set(shared);
    this.delays = [...this.delays, sinceStartMs].slice(-quickRestarts);
    const isEven = Math.max(...this.delays) - Math.min(...this.delays) <= evenMs;
    return this.delays.length === quickRestarts && isEven ? { waitMs, culprit } : { waitMs: 0 };
  }
}
