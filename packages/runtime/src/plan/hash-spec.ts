import { createHash } from 'node:crypto';
import type { ContainerSpec } from './container-spec.ts';

/** SHA-256 of a spec's JSON form: equal hashes, equal containers. */
export function hashSpec(spec: ContainerSpec): string {
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex');
}
