import type { StartRecord, StepRecord } from './start-history.ts';

/** A start beside those before it. */
export interface TimedStart extends Omit<StartRecord, 'steps'> {
  /** How long starts with the same steps took before: the median. Absent for the first one. */
  readonly usualMs?: number;
  /** In the order in which they began. */
  readonly steps: readonly TimedStep[];
  /** Ids of the steps that made the start last as long as it did, first to last. */
  readonly criticalPath: readonly string[];
}

export interface TimedStep extends StepRecord {
  /** How long it took in starts before: the median. Absent when it was never done before. */
  readonly usualMs?: number;
  readonly isCritical: boolean;
}

/** Puts each start beside the ones before it, which are what is usual. Takes and gives the oldest first. */
export function analyseStarts(starts: readonly StartRecord[]): TimedStart[] {
  return starts.map((start, index) => analyseStart(start, starts.slice(0, index)));
}

function analyseStart(start: StartRecord, earlier: readonly StartRecord[]): TimedStart {
  const done = earlier.filter(({ isDone }) => isDone);
  const criticalPath = findCriticalPath(start.steps);
  const usual = median(done.filter((other) => hasSameSteps(other, start)).map(({ durationMs }) => durationMs));
  const steps = [...start.steps]
    .sort((a, b) => a.beganMs - b.beganMs)
    .map((step): TimedStep => {
      const before = earlier.flatMap((other) =>
        other.steps.filter(({ id, failure }) => id === step.id && failure === undefined),
      );
      const usualMs = median(before.map(({ durationMs }) => durationMs));
      const isCritical = criticalPath.includes(step.id);
      return { ...step, isCritical, ...(usualMs === undefined ? {} : { usualMs }) };
    });
  return { ...start, steps, criticalPath, ...(usual === undefined ? {} : { usualMs: usual }) };
}

/** Starts that did other things are no measure: one of a stopped workspace is always quicker than the first one. */
function hasSameSteps(one: StartRecord, other: StartRecord): boolean {
  const ids = new Set(other.steps.map(({ id }) => id));
  return one.steps.length === ids.size && one.steps.every(({ id }) => ids.has(id));
}

/** From the step that ended last back, each time to the one that was waited for longest. */
export function findCriticalPath(
  steps: readonly Pick<StepRecord, 'id' | 'after' | 'beganMs' | 'durationMs'>[],
): string[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const path: string[] = [];
  let current = findLast(steps);
  while (current !== undefined && !path.includes(current.id)) {
    path.unshift(current.id);
    current = findLast(current.after.flatMap((id) => byId.get(id) ?? []));
  }
  return path;
}

/** Of several that ended at once, the one that is told last: steps are kept in the order in which they ended. */
function findLast<Step extends Pick<StepRecord, 'beganMs' | 'durationMs'>>(steps: readonly Step[]): Step | undefined {
  const endOf = ({ beganMs, durationMs }: Step): number => beganMs + durationMs;
  return steps.reduce<Step | undefined>(
    (last, step) => (last === undefined || endOf(step) >= endOf(last) ? step : last),
    undefined,
  );
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
