import type { Asker } from '../ask-until-good.ts';
import type { Gate } from './gate.ts';

/** A container that was started ahead. */
export interface HeldContainer {
  readonly gate: Gate;
  /** What will ask its check; nothing where it has none, or could not be started. */
  readonly asker: Promise<Asker | undefined>;
}

interface HeldStart {
  /** Its turn has come; nothing where the start did not succeed. */
  begun?: Promise<HeldContainer | undefined>;
  isGivenUp: boolean;
}

/**
 * The containers that this process starts ahead and holds, one at a time: what an engine does for a start takes more than
 * one processor. Nothing depends on it: one that cannot be held is started when its turn comes. What is wanted now goes
 * beside them or, where they wait for it, before them.
 */
export class HeldStarts {
  private readonly held = new Map<string, HeldStart>();
  private readonly askers = new Map<string, Promise<Asker | undefined>>();
  private last: Promise<void> = Promise.resolve();
  private readonly wanted = new Set<Promise<unknown>>();

  /** Starts a container ahead as soon as those before it are started; without a gate its start is only prepared. */
  begin(name: string, start: () => Promise<HeldContainer | undefined>): void {
    const held: HeldStart = { isGivenUp: false };
    this.held.set(name, held);
    this.last = this.last.then(async () => {
      if (held.isGivenUp) return;
      held.begun = start().catch(() => undefined);
      await held.begun;
    });
  }

  /** Does what is wanted now, and waits for none of those that are held. */
  async doNow<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = work();
    this.wanted.add(done);
    try {
      return await done;
    } finally {
      this.wanted.delete(done);
    }
  }

  /** Returns when nothing that is wanted now is under way. */
  async settleWanted(): Promise<void> {
    await Promise.allSettled(this.wanted);
  }

  /** Has a container's program begin. False where it is not held, and must be started. */
  async letGo(name: string): Promise<boolean> {
    const held = this.held.get(name);
    this.held.delete(name);
    if (held === undefined) return false;
    held.isGivenUp = true;
    const found = await held.begun;
    if (found === undefined || !(await found.gate.open())) return false;
    this.askers.set(name, found.asker);
    return true;
  }

  /** What asks the check of a container that was let go, once. */
  async takeAsker(name: string): Promise<Asker | undefined> {
    const asker = await this.askers.get(name);
    this.askers.delete(name);
    return asker;
  }

  /** Returns when no start is under way. */
  idle(): Promise<void> {
    return this.last;
  }

  /** Ends those that are held still. */
  close(): void {
    for (const held of this.held.values()) {
      held.isGivenUp = true;
      void held.begun?.then((found) => found?.gate.close());
    }
    this.held.clear();
  }
}
