import { Refusal } from '../refusal.ts';
import { type ConfigChanges, dropped, showConfig } from './change-config.ts';
import { isGuardList } from './guard-settings.ts';
import type { IndexConfig } from './index-config.ts';

/**
 * The changes a `PATCH` asks for: a list of `key=value`, `key+=value`, `key-=value` and `key-=`, or an object of settings,
 * bare or as `{"type": "indexconfig", "result": {…}}`.
 */
export function readChanges(body: unknown, config: IndexConfig): ConfigChanges {
  if (Array.isArray(body)) return readOperations(body, config);
  if (typeof body !== 'object' || body === null) throw new Refusal('invalid', 'Bad request: expected settings');
  const settings = body as Readonly<Record<string, unknown>>;
  const { type, result } = settings;
  const wrapped = type === 'indexconfig' && typeof result === 'object' && result !== null;
  return new Map(Object.entries(wrapped ? result : settings));
}

function readOperations(operations: readonly unknown[], config: IndexConfig): ConfigChanges {
  const changes = new Map<string, unknown>();
  const shown = showConfig(config, true);
  const current = (key: string): unknown => (changes.has(key) ? changes.get(key) : shown[key]);
  for (const operation of operations) {
    const parts = typeof operation === 'string' ? /^([^=+-]+)([+-]?)=(.*)$/s.exec(operation) : null;
    if (parts === null) throw new Refusal('invalid', `'${String(operation).slice(0, 100)}' is no change of a setting`);
    const [, key = '', sign, value = ''] = parts;
    if (sign === '') changes.set(key, value);
    else if (sign === '-' && value === '') changes.set(key, dropped);
    else {
      const list = current(key);
      if (!Array.isArray(list) && !(list === undefined && sign === '+' && isOptionalList(key))) {
        throw new Refusal('invalid', `The '${key}' setting is no list`);
      }
      const values: unknown[] = Array.isArray(list) ? list : [];
      if (sign === '-' && !values.includes(value)) {
        throw new Refusal('invalid', `The '${key}' setting doesn't have value '${value}'`);
      }
      changes.set(key, sign === '+' ? [...values, value] : values.filter((each) => each !== value));
    }
  }
  return changes;
}

/** Lists that are not there while they are empty. */
function isOptionalList(key: string): boolean {
  return key === 'acl_read' || (key.startsWith('guard_') && isGuardList(key.slice('guard_'.length)));
}
