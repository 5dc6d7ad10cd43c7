import { setTimeout as delay } from 'node:timers/promises';
import type { ThreeTier } from './three-tier.ts';

/** One answer of `/health`. All times here are milliseconds since 1970. */
export interface AskedHealth {
  readonly began: number;
  readonly ended: number;
  readonly code: number;
}

/** A visitor whose request was answered with 201. */
interface Added {
  readonly name: string;
  readonly began: number;
  readonly ended: number;
}

/** When the database was away, as far as can be told from outside of it. */
export interface Outage {
  /** It was there until then. */
  readonly killedAt: number;
  /** From then on no process of it was left. */
  readonly goneAt: number;
  /** The first process of the next one began. */
  readonly restartedAt: number;
  /** A visitor was added by then who was asked for after the restart. */
  readonly servingAt: number;
}

/** Adds visitors and asks `/health`, again and again, until it is stopped. */
export class ThreeTierLoad {
  readonly added: Added[] = [];
  readonly answers: AskedHealth[] = [];
  private readonly app: ThreeTier;
  private readonly work: Promise<unknown>;
  private isOver = false;

  constructor(app: ThreeTier) {
    this.app = app;
    this.work = Promise.all([this.add('a'), this.add('b'), this.ask()]);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.work;
  }

  private async add(who: string): Promise<void> {
    for (let number = 1; !this.isOver; number += 1) {
      const name = `${who}${number}`;
      const began = Date.now();
      const { status } = await this.app.addVisitor(name).catch(() => ({ status: 0 }));
      if (status === 201) this.added.push({ name, began, ended: Date.now() });
      await delay(5);
    }
  }

  private async ask(): Promise<void> {
    while (!this.isOver) {
      const began = Date.now();
      const { code } = await this.app.askHealth();
      this.answers.push({ began, ended: Date.now(), code });
      await delay(5);
    }
  }
}

/** Answers that cannot have been true at any time between the question and the answer. */
export function findLies(answers: readonly AskedHealth[], outages: readonly Outage[]): AskedHealth[] {
  return answers.filter(({ began, ended, code }) => {
    const wasAway = outages.some(({ goneAt, restartedAt }) => began > goneAt && ended < restartedAt);
    const wasThere = outages.every(({ killedAt, servingAt }) => ended < killedAt || began > servingAt);
    return (wasAway && code !== 503) || (wasThere && code !== 200);
  });
}
