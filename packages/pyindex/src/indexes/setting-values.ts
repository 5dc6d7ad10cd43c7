import { normalizeName } from '../names/normalize-name.ts';
import { Refusal } from '../refusal.ts';

/** The readers of values of settings: clients send text for everything, and may send JSON's own types. */

export function readBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  throw new Refusal('invalid', `Unknown boolean value '${show(value)}'.`);
}

/** Text is split at commas; what is empty is left out. */
export function readList(value: unknown): string[] {
  const parts = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) {
    throw new Refusal('invalid', `Unknown list value '${show(value)}'.`);
  }
  return [...new Set(parts.map((part) => part.trim()).filter(Boolean))];
}

/** Users, `:group`s, `:ANONYMOUS:` and `:AUTHENTICATED:`. */
export function readAccessList(value: unknown): string[] {
  return readList(value).map((entry) => (/^:(?:anonymous|authenticated):$/i.test(entry) ? entry.toUpperCase() : entry));
}

/** Names of projects, or `*`. */
export function readNames(value: unknown): string[] {
  return [...new Set(readList(value).map((name) => (name === '*' ? name : normalizeName(name))))];
}

export function readText(value: unknown): string {
  if (typeof value === 'string') {
    if (value.length > 100_000) throw new Refusal('invalid', 'a text has at most 100000 characters');
    return value;
  }
  return JSON.stringify(value) ?? '';
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.slice(0, 200);
}
