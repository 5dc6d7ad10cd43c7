/** How a row of measured values goes on, from its first to its last. */
export interface Trend {
  readonly median: number;
  /** Growth over the whole row by the line that fits best (least squares), as a part of the mean. */
  readonly slope: number;
  /** Growth from the median of the first fifth to that of the last, as a part of the first. */
  readonly shift: number;
}

/** Throws when there are fewer than ten values. */
export function readTrend(values: readonly number[]): Trend {
  const count = values.length;
  if (count < 10) throw new Error(`${count} values make no trend`);
  const mean = sum(values) / count;
  const middle = (count - 1) / 2;
  const covariance = sum(values.map((value, index) => (index - middle) * (value - mean)));
  const variance = sum(values.map((_, index) => (index - middle) ** 2));
  const fifth = Math.ceil(count / 5);
  const first = findMedian(values.slice(0, fifth));
  return {
    median: findMedian(values),
    slope: ((covariance / variance) * (count - 1)) / mean,
    shift: findMedian(values.slice(-fifth)) / first - 1,
  };
}

/**
 * Growth that both ways of looking see: a machine that was busy for a while moves one of them, what really grows moves
 * both.
 */
export function growthOf({ slope, shift }: Trend): number {
  return Math.min(slope, shift);
}

/** The least of each few values in a row: what else a machine has to do only ever adds to a time. */
export function takeQuietest(values: readonly number[]): number[] {
  const size = Math.max(1, Math.min(5, Math.floor(values.length / 10)));
  const count = Math.floor(values.length / size);
  return Array.from({ length: count }, (_, index) => Math.min(...values.slice(index * size, (index + 1) * size)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? ((sorted[half - 1] ?? Number.NaN) + upper) / 2 : upper;
}
