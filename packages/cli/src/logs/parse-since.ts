import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../parse-duration.ts';

/** A point in time: so long before now (`10m`), or a date of ISO 8601. Milliseconds since 1970. */
export function parseSince(text: string, now: number): number {
  if (/^\d+(\.\d+)?(ms|s|m|h|d)?$/.test(text)) return now - parseDuration(text);
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Write a duration such as 10m, or a date such as 2025-01-31T08:00:00Z.');
  return time;
}

/** How many lines: a whole number, or `all`. */
export function parseTail(text: string): number | undefined {
  if (text === 'all') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a number of lines, or all.');
  return Number(text);
}
