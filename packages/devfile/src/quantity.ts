/** One in the unit `parseQuantity` answers in. */
const billionthsPerUnit = 1_000_000_000n;

/** Kubernetes holds no more than this many units; larger amounts count as this. */
const largest = (2n ** 63n - 1n) * billionthsPerUnit;
/** Longer texts are no amounts anyone means, and would be slow to convert. */
const longestText = 128;

const form = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/;
const binaryPowers: Readonly<Record<string, bigint>> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/**
 * Reads a Kubernetes quantity (`512Mi`, `500m`, `1.5`, `2e3`) into billionths of a unit, exactly; finer parts are rounded
 * away from zero, as Kubernetes does. Undefined when the text is no quantity. Quantities compare with `<` and `>`.
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = text.length > longestText ? null : form.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(whole + fraction);
  const binary = binaryPowers[suffix];
  const exponent = (binary === undefined ? readExponent(suffix) : 0) - fraction.length + 9;
  const magnitude = scale(mantissa * 1024n ** (binary ?? 0n), exponent);
  const capped = magnitude > largest ? largest : magnitude;
  return sign === '-' ? -capped : capped;
}

const unitWords: Readonly<Record<string, string>> = {
  k: 'k',
  m: 'M',
  g: 'G',
  t: 'T',
  ki: 'Ki',
  mi: 'Mi',
  gi: 'Gi',
  ti: 'Ti',
};

/** The quantity that a text which is none was meant for: `512MB` is `512M`, `1 GiB` is `1Gi`, `2 cores` is `2`. */
export function suggestQuantity(text: string, resource: 'memory' | 'cpu'): string | undefined {
  const words =
    resource === 'cpu'
      ? /^(\d+(?:\.\d+)?) *(m?) *(?:cores?|v?cpus?)?$/i.exec(text.trim())
      : /^(\d+(?:\.\d+)?) *([kmgt]i?)? *(?:b|bytes)?$/i.exec(text.trim());
  if (text.length > longestText || words === null) return undefined;
  const [, digits = '', unit = ''] = words;
  const suggested = digits + (resource === 'cpu' ? unit.toLowerCase() : (unitWords[unit.toLowerCase()] ?? ''));
  return parseQuantity(suggested) === undefined || suggested === text ? undefined : suggested;
}

/** Whole units, rounded up: bytes of a memory quantity. */
export function toUnits(quantity: bigint): number {
  return Number(divideUp(quantity, billionthsPerUnit));
}

/** Thousandths, rounded up: the millicores of a processor quantity. */
export function toThousandths(quantity: bigint): number {
  return Number(divideUp(quantity, billionthsPerUnit / 1000n));
}

function readExponent(suffix: string): number {
  if (suffix === '') return 0;
  return decimalPowers[suffix] ?? Number(suffix.slice(1));
}

/** `mantissa` times ten to the `exponent`, rounded up to a whole number. Exponents beyond every limit are cut. */
function scale(mantissa: bigint, exponent: number): bigint {
  if (mantissa === 0n) return 0n;
  if (exponent >= 0) return mantissa * 10n ** BigInt(Math.min(exponent, 64));
  return divideUp(mantissa, 10n ** BigInt(Math.min(-exponent, 4 * longestText)));
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor > 0n ? quotient + 1n : quotient;
}
