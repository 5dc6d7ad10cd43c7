import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `90s`, `10m` or `500ms`; a bare number counts seconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const unit = units[match?.[2] ?? 's'];
  if (match === null || unit === undefined) throw new InvalidArgumentError('Write a duration such as 90s or 10m.');
  return Number(match[1]) * unit;
}
