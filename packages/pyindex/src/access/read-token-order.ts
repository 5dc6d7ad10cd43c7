import type { IndexRecord } from '../indexes/index-config.ts';
import { normalizeName } from '../names/normalize-name.ts';
import { Refusal } from '../refusal.ts';
import type { TokenScope } from './token-scope.ts';
import type { TokenOrder } from './tokens.ts';

const permissions = ['all', 'upload', 'read'] as const;
const mostLabelCharacters = 200;
const mostSeconds = 10 * 366 * 24 * 3600;

/**
 * Reads what a token is to be: `{label, permission: "read" | "upload" | "all", indexes?, projects?, lifetime?}`, lists also
 * as text with commas, `lifetime` in seconds. Throws a `Refusal`.
 */
export function readTokenOrder(
  user: string,
  body: Readonly<Record<string, unknown>>,
  indexes: ReadonlyMap<string, IndexRecord>,
): TokenOrder {
  const { label = '', permission = 'read', indexes: only, projects, lifetime, ...unknown } = body;
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw new Refusal('invalid', `a token has no '${key.slice(0, 100)}'`);
  if (typeof label !== 'string' || label.length > mostLabelCharacters || label.startsWith(':')) {
    throw new Refusal(
      'invalid',
      `a label is a text of at most ${mostLabelCharacters} characters, not begun by a colon`,
    );
  }
  const known = permissions.find((each) => each === permission);
  if (known === undefined) throw new Refusal('invalid', `permission must be one of ${permissions.join(', ')}`);
  const onlyIndexes = readNames('indexes', only);
  for (const path of onlyIndexes ?? []) {
    if (!indexes.has(path)) throw new Refusal('invalid', `there is no index '${path}'`);
  }
  const scope: TokenScope = {
    permission: known,
    ...(onlyIndexes === undefined ? {} : { indexes: onlyIndexes }),
    ...(projects === undefined ? {} : { projects: (readNames('projects', projects) ?? []).map(normalizeName) }),
  };
  if (lifetime === undefined) return { user, label, scope };
  const seconds = typeof lifetime === 'string' ? Number(lifetime) : lifetime;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1 || seconds > mostSeconds) {
    throw new Refusal('invalid', `lifetime must be a whole number of seconds from 1 to ${mostSeconds}`);
  }
  return { user, label, scope, lifetimeSeconds: seconds };
}

function readNames(key: string, value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list) || list.length > 1000 || !list.every((each) => typeof each === 'string')) {
    throw new Refusal('invalid', `${key} must be a list of names`);
  }
  const names = list.map((each) => each.trim()).filter(Boolean);
  if (names.length === 0) throw new Refusal('invalid', `${key} must have a name`);
  return names;
}
