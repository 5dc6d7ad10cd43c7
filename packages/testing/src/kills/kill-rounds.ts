import { createRandom } from '../random.ts';
import type { KilledWorkspace } from './kill-subject.ts';

export type Victim = 'cli' | 'supervisor' | 'both' | 'everything' | 'engine';

/** One kill: what is at work, where it is hit, what is killed. */
export interface KillRound {
  readonly number: number;
  readonly action: 'up' | 'stop' | 'down' | 'none';
  /** Absent: at a time after the start instead of at a step. */
  readonly step?: string;
  readonly moment: 'started' | 'ended';
  readonly delayMs: number;
  readonly victim: Victim;
  /** What the workspace was before an `up`. */
  readonly before: 'removed' | 'stopped';
}

/** What is killed while a command works, and while all runs; as often as it is named. */
const victims = {
  sandbox: { atWork: ['cli', 'cli', 'both'], atRest: ['supervisor', 'everything'] },
  engine: { atWork: ['cli', 'cli', 'both', 'engine'], atRest: ['supervisor', 'engine'] },
} as const satisfies Record<string, Record<string, readonly Victim[]>>;

/** The rounds of a seed: every step once before any comes twice. */
export function planKillRounds(
  count: number,
  seed: number,
  { steps, engine }: Pick<KilledWorkspace<unknown>, 'steps' | 'engine'>,
): KillRound[] {
  const random = createRandom(seed);
  const { atWork, atRest } = victims[engine === undefined ? 'sandbox' : 'engine'];
  const targets = [
    ...steps.up.map((step) => ({ action: 'up' as const, step })),
    ...steps.stop.map((step) => ({ action: 'stop' as const, step })),
    { action: 'down' as const },
    { action: 'down' as const },
    { action: 'none' as const },
  ];
  let left: typeof targets = [];
  return Array.from({ length: count }, (_, index) => {
    if (left.length === 0) left = random.shuffle(targets);
    const target = left.pop() ?? { action: 'none' as const };
    return {
      ...target,
      number: index + 1,
      moment: random.pick(['started', 'ended'] as const),
      delayMs: random.below(target.action === 'down' ? steps.downWithinMs : 25),
      victim: random.pick<Victim>(target.action === 'none' ? atRest : atWork),
      before: random.pick(['removed', 'stopped'] as const),
    };
  });
}

export function describeKillRound({ number, action, step, moment, delayMs, victim, before }: KillRound): string {
  const place = step === undefined ? `${delayMs} ms after its start` : `${delayMs} ms after ${step} ${moment}`;
  if (action === 'none') return `round ${number}: kill -9 of ${victim} while all runs`;
  return `round ${number}: kill -9 of ${victim} in ${action === 'up' ? `up (${before} before)` : action}, ${place}`;
}
