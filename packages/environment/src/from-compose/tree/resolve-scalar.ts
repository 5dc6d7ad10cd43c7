import type { Scalar } from './node.ts';

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

const decimal = /^[-+]?[0-9]+$/;
const radixInteger = /^([-+]?)0([xob]?)([0-9a-f]+)$/i;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const timestamp = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const radixOf: Readonly<Record<string, number>> = { x: 16, o: 8, b: 2, '': 8 };

/**
 * What an unquoted scalar means to docker compose: `yes` and `on` are texts (fields that are booleans read them later),
 * `0777` is octal, `1_000` is 1000, `22:22` is a text, and a bare date is midnight of that day as Go writes it.
 */
export function resolveScalar(source: string): Scalar {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(source)) return source;
  const date = timestamp.exec(source);
  if (date !== null) return resolveDate(source, date);
  const digits = source.replaceAll('_', '');
  if (digits === '') return source;
  return resolveInteger(digits) ?? resolveFloat(digits) ?? source;
}

function resolveInteger(digits: string): number | undefined {
  if (decimal.test(digits) && !/^[-+]?0\d/.test(digits)) return toSafe(Number(digits));
  const [, sign = '', prefix = '', body = ''] = radixInteger.exec(digits) ?? [];
  if (body === '') return undefined;
  const radix = radixOf[prefix.toLowerCase()] ?? 8;
  let value = 0;
  for (const digit of body) {
    const worth = Number.parseInt(digit, radix);
    if (Number.isNaN(worth)) return undefined;
    value = value * radix + worth;
  }
  return toSafe(sign === '-' ? -value : value);
}

function resolveFloat(digits: string): number | undefined {
  // More digits than a number holds exactly stay as they are written.
  if (!float.test(digits) || (decimal.test(digits) && toSafe(Number(digits)) === undefined)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

/** What a number cannot hold exactly stays a text. */
function toSafe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function resolveDate(source: string, [, year = '', month = '', day = '']: RegExpExecArray): string {
  const time = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = time.getUTCMonth() === Number(month) - 1 && time.getUTCDate() === Number(day);
  return isReal ? `${time.toISOString().slice(0, 10)} 00:00:00 +0000 UTC` : source;
}
