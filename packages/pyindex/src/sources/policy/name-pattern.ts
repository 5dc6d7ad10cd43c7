import { normalizeName } from '../../names/normalize-name.ts';

/** Whether a name, normalised, is among patterns: `acme-*`, `*`, or a name. */
export type NameTest = (name: string) => boolean;

/** A pattern in the one form it is kept in: normalised as names are, with `*` for any letters. */
export function normalizePattern(pattern: string): string {
  return pattern
    .trim()
    .split(/\*+/)
    .map((part) => normalizeName(part))
    .join('*');
}

/** Reads patterns once, to be asked often. Linear in the name: the parts between stars are sought one after the other. */
export function compilePatterns(patterns: readonly string[]): NameTest {
  const names = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const open = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  return (name) => names.has(name) || open.some((parts) => matchParts(name, parts));
}

function matchParts(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let place = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, place);
    if (found === -1) return false;
    place = found + part.length;
  }
  return place <= name.length - last.length;
}
