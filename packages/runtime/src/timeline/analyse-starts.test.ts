import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseStarts, findCriticalPath } from './analyse-starts.ts';
import type { StartRecord, StepRecord } from './start-history.ts';

function step(id: string, beganMs: number, durationMs: number, after: readonly string[] = []): StepRecord {
  return { id, kind: 'container.start', after, beganMs, durationMs };
}

function start(durationMs: number, steps: readonly StepRecord[], isDone = true): StartRecord {
  return { at: 0, durationMs, isDone, steps };
}

describe('the critical path', () => {
  it('goes back from what ended last to what was waited for longest', () => {
    const steps = [
      step('sandbox', 0, 10),
      step('db', 10, 90, ['sandbox']),
      step('dev', 10, 5, ['sandbox']),
      step('command', 100, 50, ['db', 'dev']),
      step('ports', 10, 3, ['sandbox']),
    ];
    expect(findCriticalPath(steps)).toEqual(['sandbox', 'db', 'command']);
  });

  it('of no steps is empty; steps that were not kept are passed over', () => {
    expect(findCriticalPath([])).toEqual([]);
    expect(findCriticalPath([step('b', 5, 5, ['a'])])).toEqual(['b']);
  });

  it('ends for anything, and never begins a step before the one it waited for', () => {
    const steps = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        after: fc.array(fc.constantFrom('a', 'b', 'c', 'd')),
        beganMs: fc.nat(100),
        durationMs: fc.nat(100),
      }),
    );
    fc.assert(
      fc.property(steps, (some) => {
        const path = findCriticalPath(some);
        expect(new Set(path).size).toBe(path.length);
        for (const [index, id] of path.slice(1).entries()) {
          expect(some.some((each) => each.id === id && each.after.some((other) => other === path[index]))).toBe(true);
        }
      }),
    );
  });
});

describe('what is usual', () => {
  it('is the median of the starts before, step by step', () => {
    const times = [100, 300, 120, 500];
    const last = analyseStarts(times.map((ms) => start(ms, [step('db', 0, ms)]))).at(-1);
    expect(last).toMatchObject({ durationMs: 500, usualMs: 120 });
    expect(last?.steps[0]).toMatchObject({ usualMs: 120, isCritical: true });
  });

  it('is unknown the first time', () => {
    const [first] = analyseStarts([start(100, [step('db', 0, 100)])]);
    expect(first).not.toHaveProperty('usualMs');
    expect(first?.steps[0]).not.toHaveProperty('usualMs');
  });

  it('is not measured by starts that did other things or failed', () => {
    const failed = { ...step('db', 0, 7), failure: 'NOT_READY' };
    const starts = [
      start(9000, [step('image', 0, 8900), step('db', 8900, 100)]),
      start(7, [failed], false),
      start(110, [step('db', 0, 110)]),
    ];
    const last = analyseStarts(starts).at(-1);
    expect(last).not.toHaveProperty('usualMs');
    expect(last?.steps[0]?.usualMs).toBe(100);
  });
});
