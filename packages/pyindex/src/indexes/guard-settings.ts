import { Refusal } from '../refusal.ts';
import {
  parseBlock,
  parseDenial,
  parseDuration,
  parsePattern,
  splitEntries,
} from '../sources/policy/policy-entries.ts';
import { readBoolean } from './setting-values.ts';

type GuardValue = string | number | boolean | readonly string[];

const mostEntries = 10_000;
/** Each of these is compared with every name of a list, of which there may be a million. */
const mostPatterns = 200;

/** The guard's settings by their name without `guard_`, each with what reads its value. */
const guardKeys: Readonly<Record<string, (value: unknown) => GuardValue>> = {
  /** Names that are ours: never asked of upstream. */
  claims: (value) => readEntries(value).map(parsePattern),
  /** The only names that upstream is asked for. */
  allow: (value) => readEntries(value).map(parsePattern),
  deny: (value) => check(readEntries(value), parseDenial),
  block: (value) => check(readEntries(value), parseBlock),
  wheels_only: readBoolean,
  /** Seconds. */
  min_age: parseDuration,
  min_age_except: (value) => readEntries(value).map(parsePattern),
};

/** Reads the value of `guard_<name>`; `undefined` when there is no such setting. Throws a `Refusal` for a bad value. */
export function readGuardSetting(name: string, value: unknown): GuardValue | undefined {
  const read = Object.hasOwn(guardKeys, name) ? guardKeys[name] : undefined;
  if (read === undefined) return undefined;
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid', `guard_${name}: ${(error as Error).message}`);
  }
}

/** Whether a setting, without `guard_`, is a list that entries are added to. */
export function isGuardList(name: string): boolean {
  return ['claims', 'allow', 'deny', 'block', 'min_age_except'].includes(name);
}

function readEntries(value: unknown): string[] {
  const entries = typeof value === 'string' ? splitEntries(value) : value;
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === 'string')) {
    throw new Error('it must be a list');
  }
  if (entries.length > mostEntries) throw new Error(`it has more than ${mostEntries} entries`);
  if (entries.filter((entry) => entry.split(':')[0]?.includes('*')).length > mostPatterns) {
    throw new Error(`more than ${mostPatterns} of its entries have a *`);
  }
  return [...new Set(entries)];
}

/** The entries as they are written, all of them readable. */
function check(entries: readonly string[], parse: (entry: string) => unknown): readonly string[] {
  for (const entry of entries) parse(entry);
  return entries;
}
