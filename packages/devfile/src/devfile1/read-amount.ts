import { parseQuantity } from '../quantity.ts';
import type { Amount } from './types.ts';

/**
 * An amount of memory or processors as a Kubernetes quantity: numbers are bytes or processors, and a thousand may be
 * written `K` (devfile-v1-che 2.1). What is no quantity stays as it is written.
 */
export function readAmount(written: Amount | undefined): string | undefined {
  if (written === undefined) return undefined;
  const text = String(written).trim();
  const lower = text.replace(/K$/, 'k');
  return parseQuantity(text) === undefined && parseQuantity(lower) !== undefined ? lower : text;
}
