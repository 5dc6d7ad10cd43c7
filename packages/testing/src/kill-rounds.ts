import { createRandom } from './random.ts';

/** The steps of the fixture's `up` and `stop`, in the order in which rounds are spread over them. */
export const killedSteps = {
  up: [
    'project.clone shop',
    'sandbox.start',
    'network.connect',
    'index.connect',
    'network.connect apart',
    'container.start tools',
    'container.start redis',
    'container.start apart',
    'container.ready tools',
    'container.ready redis',
    'container.ready apart',
    'ports.publish',
    'command.run preStart 1 prepare',
    'event.finish preStart',
    'command.run postStart 1 greet',
    'event.finish postStart',
  ],
  stop: [
    'command.run preStop 1 say-goodbye',
    'supervisor.stop',
    'container.stop tools',
    'container.stop redis',
    'container.stop apart',
    'sandbox.stop',
  ],
} as const;

export type Victim = 'cli' | 'supervisor' | 'both' | 'everything';

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

/** The rounds of a seed: every step once before any comes twice. */
export function planKillRounds(count: number, seed: number): KillRound[] {
  const random = createRandom(seed);
  const targets = [
    ...killedSteps.up.map((step) => ({ action: 'up' as const, step })),
    ...killedSteps.stop.map((step) => ({ action: 'stop' as const, step })),
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
      delayMs: random.below(target.action === 'down' ? 400 : 25),
      victim:
        target.action === 'none'
          ? random.pick(['supervisor', 'everything'] as const)
          : random.pick(['cli', 'cli', 'both'] as const),
      before: random.pick(['removed', 'stopped'] as const),
    };
  });
}

export function describeKillRound({ number, action, step, moment, delayMs, victim, before }: KillRound): string {
  const place = step === undefined ? `${delayMs} ms after its start` : `${delayMs} ms after ${step} ${moment}`;
  if (action === 'none') return `round ${number}: kill -9 of ${victim} while all runs`;
  return `round ${number}: kill -9 of ${victim} in ${action === 'up' ? `up (${before} before)` : action}, ${place}`;
}
