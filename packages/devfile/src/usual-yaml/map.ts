import { resolvePlainScalar } from '../resolve-scalar.ts';
import { leave } from './cursor.ts';

export type YamlMap = Record<string, unknown>;

/** A map without a prototype, so that a key such as `__proto__` is a key and nothing else. */
export function createMap(): YamlMap {
  return Object.create(null);
}

/** The name of an unquoted key; throws where it has none, or one that is to be warned of. */
export function nameKey(source: string): string {
  if (source === '<<') leave();
  const value = resolvePlainScalar(source);
  if (value === source) return source;
  if (value === null || (typeof value === 'boolean' && String(value) !== source)) leave();
  if (typeof value === 'number' && !Number.isFinite(value)) leave();
  return String(value);
}
