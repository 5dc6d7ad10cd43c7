import { describe, expect, it } from 'vitest';
import { compareSamples } from './compare-samples.ts';
import type { ContainerSample, ProcessSample, UsageSample } from './types.ts';

function sample(
  takenAtMs: number,
  processes: readonly ProcessSample[],
  more: Partial<ContainerSample> = {},
): UsageSample {
  return { takenAtMs, containers: [{ name: 'dev', isRunning: true, memoryBytes: 9, processes, ...more }] };
}

function processOf(pid: number, cpuMs: number, start = 1): ProcessSample {
  return { pid, start, command: `program ${pid}`, cpuMs, memoryBytes: 100 };
}

describe('two samples', () => {
  it('give the part of a processor that was used between them, those that used most first', () => {
    const before = sample(1000, [processOf(1, 500), processOf(2, 0)]);
    const [usage] = compareSamples(
      before,
      sample(3000, [processOf(1, 600), processOf(2, 3000)], { memoryLimitBytes: 7 }),
    );
    expect(usage).toMatchObject({ name: 'dev', isRunning: true, cpuPercent: 155, memoryBytes: 9, memoryLimitBytes: 7 });
    expect(usage?.processes.map(({ pid, cpuPercent }) => [pid, cpuPercent])).toEqual([
      [2, 150],
      [1, 5],
    ]);
  });

  it('count a new process whole, also one that has the number of another that ended', () => {
    const before = sample(0, [processOf(1, 900, 1)]);
    expect(compareSamples(before, sample(1000, [processOf(1, 250, 2)]))[0]?.cpuPercent).toBe(25);
  });

  it('tell by the container’s own total, where there is one, also what processes used that ended in between', () => {
    const used = (before: number, after: number): number | undefined =>
      compareSamples(sample(0, [], { cpuMs: before }), sample(1000, [processOf(1, 10)], { cpuMs: after }))[0]
        ?.cpuPercent;
    expect(used(100, 350)).toBe(25);
    // It was started again in between.
    expect(used(900, 50)).toBe(5);
  });

  it('taken at once, or of a container that is gone, are no division by zero', () => {
    expect(compareSamples(sample(5, [processOf(1, 1)]), sample(5, [processOf(1, 1)]))[0]?.cpuPercent).toBe(0);
    expect(compareSamples(sample(0, []), { takenAtMs: 1, containers: [] })).toEqual([]);
  });
});
