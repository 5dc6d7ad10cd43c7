import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '@devstead/kit';
import { LRUCache } from 'lru-cache';
import { hashPassword, type PasswordCost, verifyPassword } from './password.ts';

const rememberedMs = 5 * 60_000;
const windowMs = 60_000;
/** Wrong passwords for one user from one address in a minute; above it nothing is computed until the minute is over. */
const mostFailures = 10;
/** Checks at the same time: more would only use more memory. */
const mostAtOnce = 2;
const mostWaiting = 200;

export type PasswordAnswer = 'right' | 'wrong' | 'too-many';

/**
 * Checks passwords without computing the slow hash each time: a right password is remembered for five minutes, as a keyed
 * hash under a key that lives in this process alone; it is forgotten with the stored hash it was right for. Guessing is slowed by user and address.
 */
export class PasswordChecker {
  readonly #clock: Clock;
  readonly #cost: PasswordCost;
  readonly #key = randomBytes(32);
  readonly #right: LRUCache<string, true>;
  readonly #failures: LRUCache<string, { count: number; readonly sinceMs: number }>;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #nobody: Promise<string> | undefined;

  constructor(clock: Clock, cost: PasswordCost) {
    this.#clock = clock;
    this.#cost = cost;
    const perf = { now: () => clock.now() };
    this.#right = new LRUCache({ max: 5000, ttl: rememberedMs, perf, ttlResolution: 0 });
    this.#failures = new LRUCache({ max: 20_000, ttl: windowMs, perf, ttlResolution: 0 });
  }

  /** `hash`: what is stored for the user; absent for one who does not exist, which takes as long to find out. */
  async check(user: string, password: string, hash: string | undefined, address: string): Promise<PasswordAnswer> {
    const key = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, password, hash ?? null]))
      .digest('base64');
    if (this.#right.has(key)) return 'right';
    const place = JSON.stringify([user, address]);
    const failures = this.#failures.get(place);
    if (failures !== undefined && failures.count >= mostFailures) return 'too-many';
    if (this.#waiting.length >= mostWaiting) return 'too-many';
    this.#nobody ??= hashPassword(randomBytes(16).toString('hex'), this.#cost);
    const compared = hash ?? (await this.#nobody);
    const isRight = await this.#takeTurn(() => verifyPassword(password, compared));
    if (isRight && hash !== undefined) {
      this.#right.set(key, true);
      this.#failures.delete(place);
      return 'right';
    }
    const since = this.#failures.get(place);
    if (since === undefined) this.#failures.set(place, { count: 1, sinceMs: this.#clock.now() });
    else since.count += 1;
    return 'wrong';
  }

  async #takeTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
