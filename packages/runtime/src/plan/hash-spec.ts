import { createHash } from 'node:crypto';
import type { ContainerSpec } from './container-spec.ts';

/**
 * SHA-256 of a spec's JSON form: equal hashes, equal containers. What it waits for says when it starts, not what it is:
 * another number of those containers makes no other one of it.
 */
export function hashSpec(whole: ContainerSpec): string {
  const { startsAfter: _, ...spec } = whole;
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex');
}
