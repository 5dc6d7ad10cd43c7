import type { Scalar } from '../tree/node.ts';
import { parseBytes } from '../values/bytes.ts';
import { parseDuration } from '../values/duration.ts';
import { parseRange } from '../values/parse-port.ts';
import type { Format, ScalarShape } from './shapes.ts';

export type FormatResult = { readonly value: Scalar } | { readonly problem: string };

/** Holds a scalar of the right kind against the rest of its shape; a number written as a text becomes one. */
export function checkFormat(value: Scalar, shape: ScalarShape): FormatResult {
  if (value === null || typeof value === 'boolean') return { value };
  const { choices, pattern, format } = shape;
  if (choices !== undefined && !choices.includes(String(value))) {
    return { problem: `must be one of ${choices.join(', ')}, not ${JSON.stringify(value)}` };
  }
  if (pattern !== undefined && !pattern.test(String(value))) {
    return { problem: `cannot be ${JSON.stringify(value)}; it must match ${pattern.source}` };
  }
  const result = format === undefined ? { value } : formats[format](value);
  if ('problem' in result || typeof result.value !== 'number') return result;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = shape;
  if (result.value < least) return { problem: `must not be below ${least}` };
  return result.value > most ? { problem: `must not be above ${most}` } : result;
}

const cronWord = /^[0-9*/,\-?LW#A-Za-z]+$/;

const formats: Readonly<Record<Format, (value: string | number) => FormatResult>> = {
  integer: (value) => {
    const parsed = typeof value === 'number' ? value : /^[-+]?\d+$/.test(value) ? Number(value) : Number.NaN;
    return Number.isSafeInteger(parsed) ? { value: parsed } : { problem: `must be a whole number, not ${show(value)}` };
  },
  decimal: (value) => {
    const parsed = readDecimal(value);
    return parsed === undefined ? { problem: `must be a number, not ${show(value)}` } : { value: parsed };
  },
  cpus: (value) => {
    const parsed = readDecimal(value);
    if (parsed === undefined || parsed < 0)
      return { problem: `must be a number of processors such as 0.5, not ${show(value)}` };
    return { value: parsed };
  },
  bytes: (value) =>
    parseBytes(value) === undefined
      ? { problem: `must be a size such as 512m or 1.5g, not ${show(value)}` }
      : { value },
  duration: (value) =>
    parseDuration(String(value)) === undefined
      ? { problem: `must be a duration such as 30s or 1m30s, not ${show(value)}` }
      : { value },
  fileMode: (value) =>
    typeof value === 'number' || /^[0-7]+$/.test(value)
      ? { value }
      : { problem: `must be a mode such as 0440, not ${show(value)}` },
  port: (value) => {
    const range = parseRange(String(value));
    return range === undefined || range[0] !== range[1]
      ? { problem: `must be a port from 1 to 65535, not ${show(value)}` }
      : { value: range[0] };
  },
  cron: (value) => {
    const words = String(value).trim().split(/\s+/);
    const isAlias = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(String(value).trim());
    const isPlain = (words.length === 5 || words.length === 6) && words.every((word) => cronWord.test(word));
    return isAlias || isPlain
      ? { value }
      : { problem: `must be a cron expression such as "0 3 * * *", not ${show(value)}` };
  },
};

function readDecimal(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  return /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(value) ? Number(value) : undefined;
}

function show(value: string | number): string {
  return JSON.stringify(value);
}
