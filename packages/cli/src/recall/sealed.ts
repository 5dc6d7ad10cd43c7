import { createCipheriv, createDecipheriv } from 'node:crypto';

const cipher = 'aes-256-gcm';
const tagBytes = 16;
/** No key is used twice: each begins with a salt of its own. */
const nonce = Buffer.alloc(12);

/** A value that only somebody can read who has the key, as base64. */
export function seal(value: object, key: Buffer): string {
  const sealing = createCipheriv(cipher, key, nonce);
  const content = [sealing.update(JSON.stringify(value), 'utf8'), sealing.final()];
  return Buffer.concat([sealing.getAuthTag(), ...content]).toString('base64');
}

/** The value; undefined when it was sealed with another key, or is damaged. */
export function unseal<Value extends object>(sealed: string, key: Buffer): Value | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < tagBytes) return undefined;
  const opening = createDecipheriv(cipher, key, nonce);
  opening.setAuthTag(bytes.subarray(0, tagBytes));
  const content = opening.update(bytes.subarray(tagBytes));
  try {
    opening.final();
  } catch {
    return undefined;
  }
  // What was sealed by this very version: the key says so.
  return JSON.parse(content.toString('utf8')) as Value;
}
