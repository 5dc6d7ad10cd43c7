import { validRange } from '@renovatebot/pep440';
import { isValidName, normalizeName } from '../../names/normalize-name.ts';
import { normalizePattern } from './name-pattern.ts';

/** An entry of `guard_block`: `requests>=2,<2.3: it leaks credentials`. */
export interface BlockEntry {
  /** Normalised. */
  readonly name: string;
  /** A version specifier (PEP 440); empty: every version. */
  readonly specifier: string;
  readonly reason: string | undefined;
}

/** An entry of `guard_deny`: `left-*: abandoned`. */
export interface DenialEntry {
  readonly pattern: string;
  readonly reason: string | undefined;
}

const longestEntry = 500;
const durationPattern = /^\s*([0-9]{1,9})\s*(s|m|h|d|w)?\s*$/i;
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads an entry of `guard_block`. Throws an `Error` whose message says what is wrong. */
export function parseBlock(entry: string): BlockEntry {
  const { text, reason } = splitReason(entry);
  const [, name = '', specifier = ''] = /^([A-Za-z0-9._-]+)\s*(.*)$/.exec(text) ?? [];
  if (!isValidName(name)) throw new Error(`${JSON.stringify(entry)} names no project`);
  const range = specifier.trim();
  if (range !== '' && !validRange(range))
    throw new Error(`${JSON.stringify(range)} in ${JSON.stringify(entry)} is no version specifier`);
  return { name: normalizeName(name), specifier: range, reason };
}

/** Reads an entry of `guard_deny`. Throws an `Error` whose message says what is wrong. */
export function parseDenial(entry: string): DenialEntry {
  const { text, reason } = splitReason(entry);
  return { pattern: parsePattern(text), reason };
}

/** Reads a pattern of names. Throws an `Error` whose message says what is wrong. */
export function parsePattern(text: string): string {
  const pattern = normalizePattern(text);
  if (text.length <= longestEntry && /^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$/.test(pattern)) return pattern;
  throw new Error(`${JSON.stringify(text.slice(0, 100))} is no name or pattern of names such as acme-*`);
}

/** Seconds of `7d`, `12h`, `90`. Throws an `Error` whose message says what is wrong. */
export function parseDuration(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const [, count, unit = 's'] = durationPattern.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit.toLowerCase()] ?? Number.NaN);
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new Error(`${JSON.stringify(value)?.slice(0, 100)} is no duration such as 7d, 12h or 3600`);
}

/**
 * The entries of a list given as one text: apart by lines or by commas, of which those inside of version specifiers
 * (`>=1,<2`) are none.
 */
export function splitEntries(text: string): string[] {
  return text
    .split(/\n|,(?=\s*[A-Za-z0-9*._-]+\s*(?:[\n,:=<>!~*]|$))/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The reason follows a colon. */
function splitReason(entry: string): { readonly text: string; readonly reason: string | undefined } {
  if (entry.length > longestEntry) throw new Error(`${JSON.stringify(entry.slice(0, 40))}… is too long`);
  const colon = entry.indexOf(':');
  const reason = colon === -1 ? '' : entry.slice(colon + 1).trim();
  return { text: (colon === -1 ? entry : entry.slice(0, colon)).trim(), reason: reason === '' ? undefined : reason };
}
