import { Refusal } from '../refusal.ts';

/**
 * Fields of upload forms, and how long their values are in hexadecimal digits. `blake2_256_digest` is not among them:
 * OpenSSL has BLAKE2 of 512 bits alone, and every client that sends it sends SHA-256 as well.
 */
const digestFields: readonly (readonly [field: string, algorithm: string, digits: number])[] = [
  ['sha256_digest', 'sha256', 64],
  ['md5_digest', 'md5', 32],
];

/** Compares the digests a client sends with those of the content. Throws a `Refusal` for the first that differs. */
export function checkDigests(
  fields: ReadonlyMap<string, readonly string[]>,
  hashes: Readonly<Record<string, string>>,
): void {
  for (const [field, algorithm, digits] of digestFields) {
    const sent = fields.get(field)?.[0]?.trim().toLowerCase();
    const actual = hashes[algorithm];
    if (sent === undefined || sent === '' || actual === undefined) continue;
    if (!/^[0-9a-f]+$/.test(sent) || sent.length !== digits) {
      throw new Refusal('invalid', `${field} must be ${digits} hexadecimal digits`);
    }
    if (sent !== actual) throw new Refusal('invalid', `${field} is ${sent}, but the file that came has ${actual}`);
  }
}
