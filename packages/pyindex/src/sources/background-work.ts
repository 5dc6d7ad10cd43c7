/** Work that nobody waits for, except at the end. */
export class BackgroundWork {
  readonly #underWay = new Set<Promise<unknown>>();

  /** Failures are the work's own to tell. */
  add(work: Promise<unknown>): void {
    const ended = work
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.delete(ended);
      });
    this.#underWay.add(ended);
  }

  /** Waits until nothing is under way, what is added meanwhile too. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
