const pattern = /^(\d+(?:\.\d+)?|\.\d+) ?([kmgtp])?(i?b|b)?$/i;
const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes of a size (`64m`, `1.5gb`, `2GiB`, `512`): every unit is a power of 1024, capitals or not (Compose Specification,
 * Specifying byte values). Undefined for anything else.
 */
export function parseBytes(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) ? Math.trunc(text) : undefined;
  if (/^-\d{1,15}$/.test(text)) return Number(text);
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  const bytes = Math.trunc(Number(amount) * 1024 ** (powers[unit.toLowerCase()] ?? 0));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
