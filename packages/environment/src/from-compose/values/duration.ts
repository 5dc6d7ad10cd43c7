/** Nanoseconds of each unit, the longest first. */
const units: readonly (readonly [string, bigint])[] = [
  ['w', 604_800_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['µs', 1000n],
  ['ns', 1n],
];
const whole = /^(?:\d+(?:\.\d+)?(?:w|d|h|ms|us|µs|ns|m|s))+$/;
const part = /(\d+)(?:\.(\d+))?(w|d|h|ms|us|µs|ns|m|s)/g;
const longest = 9_223_372_036_854_775_807n;

/** Nanoseconds of a duration (`1m30s`, `2h32m`, `500ms`, `1.5s`, `1w2d`); undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  if (body === '0') return 0n;
  if (body.length > 64 || !whole.test(body)) return undefined;
  let total = 0n;
  for (const [, amount = '0', fraction = '', unit = ''] of body.matchAll(part)) {
    const worth = units.find(([name]) => name === unit)?.[1] ?? 0n;
    total += BigInt(amount) * worth;
    const digits = fraction.slice(0, 18);
    if (digits !== '') total += (BigInt(digits) * worth) / 10n ** BigInt(digits.length);
  }
  if (total > longest) return undefined;
  return isNegative ? -total : total;
}

/** A duration as docker compose prints it: `1m30s`, `500ms`, `1.5s`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 1000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${formatDecimal(nanoseconds, 1000n)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${formatDecimal(nanoseconds, 1_000_000n)}ms`;
  const hours = nanoseconds / 3_600_000_000_000n;
  const minutes = (nanoseconds / 60_000_000_000n) % 60n;
  const seconds = `${formatDecimal(nanoseconds % 60_000_000_000n, 1_000_000_000n)}s`;
  if (hours > 0n) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${minutes}m${seconds}` : seconds;
}

function formatDecimal(amount: bigint, unit: bigint): string {
  const fraction = String(amount % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(amount / unit) : `${amount / unit}.${fraction}`;
}
