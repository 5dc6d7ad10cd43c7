import type { IndexStore } from '../../store/index-store.ts';
import type { DatabaseTransaction } from '../../store/open-database.ts';

type Apply = (transaction: DatabaseTransaction) => Promise<unknown>;

interface Waiting {
  readonly apply: Apply;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Long enough for the next few requests of an installer, short enough for a stop. */
const gatherMs = 300;

/**
 * Saves what nobody waits for in one transaction every now and then: each costs a wait for the disk, during which nobody
 * is answered.
 */
export class SaveQueue {
  readonly #store: IndexStore;
  #waiting: Waiting[] = [];

  constructor(store: IndexStore) {
    this.#store = store;
  }

  /** Fulfilled when it is saved. One that fails makes those of the same transaction fail. */
  add(apply: Apply): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ apply, resolve, reject });
    if (this.#waiting.length === 1) setTimeout(() => void this.#save(), gatherMs);
    return promise;
  }

  async #save(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    try {
      await this.#store.change(async ({ transaction }) => {
        for (const { apply } of all) await apply(transaction);
      });
      for (const { resolve } of all) resolve();
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }
}
