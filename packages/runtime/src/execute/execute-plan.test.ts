import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, Step } from '../plan/types.ts';
import { executePlan, type PlanEvent, type StepRunner } from './execute-plan.ts';

/** A plan from ids and what each waits for. */
function planOf(waits: Readonly<Record<string, readonly string[]>>): Plan {
  const steps = Object.entries(waits).map(
    ([id, after]): Step => ({ id, kind: 'network.connect', cause: 'test', after }),
  );
  return { title: 'up shop', steps, notes: [] };
}

interface Run {
  readonly events: PlanEvent[];
  /** Undefined when the plan ended well. */
  readonly error: unknown;
}

/** Carries a plan out on a clock that goes one millisecond further each time it is looked at. */
async function execute(
  plan: Plan,
  run: StepRunner,
  signal = new AbortController().signal,
  onEvent: (event: PlanEvent) => void = () => undefined,
): Promise<Run> {
  const events: PlanEvent[] = [];
  let time = 1000;
  const clock = { now: () => (time += 1) };
  const read = (event: PlanEvent): void => {
    events.push(event);
    onEvent(event);
  };
  try {
    await executePlan(plan, run, { clock, signal, onEvent: read });
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

/** Events as short words. */
function outline(events: readonly PlanEvent[]): string[] {
  return events.map((event) => {
    if (event.type === 'plan.started') return `started ${event.stepIds.join(',')}`;
    if (event.type === 'plan.ended') return event.isDone ? 'done' : 'not done';
    if (event.type === 'step.ended')
      return `-${event.stepId}${event.error === undefined ? '' : ` ${event.error.code}`}`;
    return event.type === 'step.started' ? `+${event.stepId}` : `${event.stepId} ${event.type}: ${event.text}`;
  });
}

/** A runner whose steps end when they are told to. */
interface HeldSteps {
  readonly run: StepRunner;
  readonly end: (id: string, error?: unknown) => Promise<void>;
}

function heldSteps(): HeldSteps {
  const held = new Map<string, (error?: unknown) => void>();
  return {
    run: ({ id }) =>
      new Promise((resolve, reject) => {
        held.set(id, (error) => (error === undefined ? resolve() : reject(error)));
      }),
    end: async (id, error) => {
      const settle = held.get(id);
      if (settle === undefined) throw new Error(`${id} is not under way`);
      settle(error);
      for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    },
  };
}

describe('carrying out a plan', () => {
  it('begins each step as soon as all it waits for has ended', async () => {
    const { run, end } = heldSteps();
    const whole = execute(planOf({ a: [], b: [], c: ['a'], d: ['a', 'b'] }), run);
    await end('b');
    await end('a');
    await end('d');
    await end('c');
    const { events, error } = await whole;
    expect(error).toBeUndefined();
    expect(outline(events)).toEqual(['started a,b,c,d', '+a', '+b', '-b', '-a', '+c', '+d', '-d', '-c', 'done']);
  });

  it('ends at once where there is nothing to do', async () => {
    expect(outline((await execute(planOf({}), async () => undefined)).events)).toEqual(['started ', 'done']);
  });

  it('passes on output and notes, with times that only grow', async () => {
    const { events } = await execute(planOf({ a: [] }), async (_step, report) => {
      report.output('line\n');
      report.note('look');
    });
    expect(outline(events)).toEqual(['started a', '+a', 'a step.output: line\n', 'a step.note: look', '-a', 'done']);
    const times = events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const durations = events.flatMap((event) => ('durationMs' in event ? [event.durationMs] : []));
    expect(durations).toHaveLength(2);
    expect(Math.min(...durations)).toBeGreaterThan(0);
  });

  it('takes no less than no time when the clock is set back meanwhile', async () => {
    const durations: number[] = [];
    let time = 1000;
    const onEvent = (event: PlanEvent): void => {
      if ('durationMs' in event) durations.push(event.durationMs);
    };
    const { signal } = new AbortController();
    await executePlan(planOf({ a: [] }), async () => undefined, {
      clock: { now: () => (time -= 50) },
      signal,
      onEvent,
    });
    expect(durations).toEqual([0, 0]);
  });
});

describe('a step that fails', () => {
  const failure = new AppError('NOT_READY', 'db does not answer');

  it('lets no other begin, and those under way end', async () => {
    const { run, end } = heldSteps();
    const whole = execute(planOf({ a: [], b: [], c: ['a'], d: ['b'] }), run);
    await end('a', failure);
    await end('b');
    const { events, error } = await whole;
    expect(error).toBe(failure);
    expect(outline(events)).toEqual(['started a,b,c,d', '+a', '+b', '-a NOT_READY', '-b', 'not done']);
  });

  it('is the one reported when others fail after it', async () => {
    const { run, end } = heldSteps();
    const whole = execute(planOf({ a: [], b: [] }), run);
    await end('b', failure);
    await end('a', new Error('later'));
    const { events, error } = await whole;
    expect(error).toBe(failure);
    expect(outline(events).slice(-3)).toEqual(['-b NOT_READY', '-a INTERNAL', 'not done']);
  });

  it('may fail before it returns a promise', async () => {
    const { error } = await execute(planOf({ a: [] }), () => {
      throw failure;
    });
    expect(error).toBe(failure);
  });
});

describe('a signal', () => {
  it('lets no other step begin; what is under way ends; the plan is INTERRUPTED', async () => {
    const { run, end } = heldSteps();
    const controller = new AbortController();
    const whole = execute(planOf({ a: [], b: ['a'] }), run, controller.signal);
    controller.abort();
    await end('a');
    const { events, error } = await whole;
    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(outline(events)).toEqual(['started a,b', '+a', '-a', 'not done']);
  });

  it('given before begins nothing', async () => {
    const { events, error } = await execute(planOf({ a: [] }), async () => undefined, AbortSignal.abort());
    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(outline(events)).toEqual(['started a', 'not done']);
  });

  it('reaches the steps, and what they throw then is INTERRUPTED', async () => {
    const controller = new AbortController();
    const { error } = await execute(
      planOf({ a: [] }),
      async (_step, _report, signal) => {
        controller.abort();
        signal.throwIfAborted();
      },
      controller.signal,
    );
    expect(error).toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('a reader of the events that fails', () => {
  const full = new Error('the disk is full');
  const failAt = (type: PlanEvent['type'], stepId?: string) => (event: PlanEvent) => {
    if (event.type === type && (stepId === undefined || ('stepId' in event && event.stepId === stepId))) throw full;
  };
  const signal = new AbortController().signal;

  it('lets no other step begin; the plan fails when those under way have ended', async () => {
    const { run, end } = heldSteps();
    let isSettled = false;
    const whole = execute(planOf({ a: [], b: [], c: ['a'] }), run, signal, failAt('step.ended', 'a'));
    void whole.then(() => (isSettled = true));
    await end('a');
    expect(isSettled).toBe(false);
    await end('b');
    const { events, error } = await whole;
    expect(error).toBe(full);
    expect(outline(events)).toEqual(['started a,b,c', '+a', '+b', '-a', '-b', 'not done']);
  });

  it('does not disturb the step that has news', async () => {
    const steps: string[] = [];
    const { error } = await execute(
      planOf({ a: [], b: ['a'] }),
      async ({ id }, report) => {
        report.output('line\n');
        report.note('look');
        steps.push(`${id} to its end`);
      },
      signal,
      failAt('step.output'),
    );
    expect(error).toBe(full);
    expect(steps).toEqual(['a to its end']);
  });

  it('keeps a step from beginning whose begin could not be told, and those after it', async () => {
    const ran: string[] = [];
    const run: StepRunner = async ({ id }) => void ran.push(id);
    const { error } = await execute(planOf({ a: [], b: [], c: [] }), run, signal, failAt('step.started', 'b'));
    expect(error).toBe(full);
    expect(ran).toEqual(['a']);
  });

  it('does not hide why a step failed', async () => {
    const failure = new AppError('NOT_READY', 'db does not answer');
    const run = async (): Promise<void> => {
      throw failure;
    };
    for (const type of ['step.ended', 'plan.ended'] as const) {
      expect((await execute(planOf({ a: [] }), run, signal, failAt(type))).error).toBe(failure);
    }
  });

  it('fails a plan whose end cannot be told, and tells it once', async () => {
    const { events, error } = await execute(planOf({ a: [] }), async () => undefined, signal, failAt('plan.ended'));
    expect(error).toBe(full);
    expect(outline(events)).toEqual(['started a', '+a', '-a', 'done']);
  });
});

describe('a plan that waits for itself', () => {
  it.each([
    ['a cycle', { a: [], b: ['c'], c: ['b'] }, 'b, c'],
    ['an unknown step', { a: [], b: ['nowhere'] }, 'b'],
  ])('is an error that names the steps left: %s', async (_what, waits, left) => {
    const { events, error } = await execute(planOf(waits), async () => undefined);
    expect(error).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining(left) });
    expect(outline(events).slice(1)).toEqual(['+a', '-a', 'not done']);
  });
});

describe('any plan', () => {
  const anyPlan = fc
    .array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { maxLength: 12 })
    .map((rows) =>
      planOf(
        Object.fromEntries(
          rows.map((row, index) => [`s${index}`, [...new Set(row)].filter((n) => n < index).map((n) => `s${n}`)]),
        ),
      ),
    );

  it('is carried out whole, each step once and after all it waits for', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, fc.scheduler(), async (plan, scheduler) => {
        const run = execute(plan, (step) => scheduler.schedule(Promise.resolve(), step.id));
        await scheduler.waitFor(run);
        const { events, error } = await run;
        expect(error).toBeUndefined();
        const words = outline(events);
        for (const { id, after } of plan.steps) {
          expect(words.filter((word) => word === `+${id}`)).toHaveLength(1);
          expect(words.filter((word) => word === `-${id}`)).toHaveLength(1);
          expect(words.indexOf(`-${id}`)).toBeGreaterThan(words.indexOf(`+${id}`));
          for (const other of after) expect(words.indexOf(`-${other}`)).toBeLessThan(words.indexOf(`+${id}`));
        }
        expect(words).toHaveLength(2 * plan.steps.length + 2);
      }),
      { numRuns: 60 },
    );
  });

  it('begins nothing after a failure, and every step that began ends', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, fc.nat({ max: 11 }), fc.scheduler(), async (plan, failing, scheduler) => {
        fc.pre(failing < plan.steps.length);
        const failure = new AppError('COMMAND_FAILED', 'no');
        const run = execute(plan, async ({ id }) => {
          await scheduler.schedule(Promise.resolve(), id);
          if (id === `s${failing}`) throw failure;
        });
        await scheduler.waitFor(run);
        const { events, error } = await run;
        expect(error).toBe(failure);
        const words = outline(events);
        const failedAt = words.indexOf(`-s${failing} COMMAND_FAILED`);
        expect(words.slice(failedAt).filter((word) => word.startsWith('+'))).toEqual([]);
        const begun = words.filter((word) => word.startsWith('+')).map((word) => word.slice(1));
        const ended = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1).replace(/ .*/, ''));
        expect(ended.toSorted()).toEqual(begun.toSorted());
        expect(words.at(-1)).toBe('not done');
      }),
      { numRuns: 60 },
    );
  });
});
