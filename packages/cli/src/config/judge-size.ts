import { parseSize } from '../parse-size.ts';
import type { Judged } from './config-keys.ts';

/** Bytes that a key takes as a number or as a size such as `10Gi`. */
export function judgeSize(path: string, value: unknown): Judged {
  const isWritten = typeof value === 'number' || typeof value === 'string';
  try {
    if (isWritten) return { value: parseSize(String(value)) };
  } catch {
    // Said below, like what is no text at all.
  }
  return { code: 'config.bad-value', message: `${path} must be a size such as 10Gi` };
}
