export type ScalarValue = string | number | boolean | null;

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const prefixedInteger = /^([-+]?)0([xob])?([0-9a-f]+)$/i;
const decimalInteger = /^[-+]?(0|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const radixOf: Readonly<Record<string, number>> = { x: 16, o: 8, b: 2 };

/**
 * The value of an unquoted scalar as the reference reads it (devfile 2.x, YAML 1.1): `yes` and `y` are booleans, `0120`
 * is 80, `1_000` is 1000; there are no sexagesimal numbers and no timestamps, and a float has a digit before its `e`.
 * Numbers that have no JSON form (`.inf`, `.nan`) come back as such; the caller refuses them.
 */
export function resolvePlainScalar(source: string): ScalarValue {
  const word = words.get(source);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(source)) return source;
  const digits = source.startsWith('.') ? source : source.replaceAll('_', '');
  return readInteger(digits) ?? readFloat(digits) ?? source;
}

function readInteger(digits: string): number | undefined {
  if (decimalInteger.test(digits)) return toFinite(Number(digits));
  const match = prefixedInteger.exec(digits);
  if (match === null) return undefined;
  const [, sign, prefix, body = ''] = match;
  const radix = radixOf[prefix?.toLowerCase() ?? 'o'] ?? 8;
  const value = [...body].reduce((sum, digit) => sum * radix + readDigit(digit, radix), 0);
  return toFinite(sign === '-' ? -value : value);
}

function readDigit(digit: string, radix: number): number {
  const value = Number.parseInt(digit, 16);
  return value < radix ? value : Number.NaN;
}

function readFloat(digits: string): number | undefined {
  return float.test(digits) ? toFinite(Number(digits)) : undefined;
}

/** What no number can hold stays a text, as in the reference. */
function toFinite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
