import { Refusal } from '../refusal.ts';
import type { PendingContent } from '../store/file-store.ts';
import { digestBlake2 } from './digest-blake2.ts';

type Content = Pick<PendingContent, 'path' | 'hashes'>;

/** Fields of upload forms, how long their values are in hexadecimal digits, and what they must be. */
const digestFields: readonly (readonly [
  field: string,
  digits: number,
  digest: (content: Content) => string | undefined | Promise<string>,
])[] = [
  ['sha256_digest', 64, ({ hashes }) => hashes['sha256']],
  ['md5_digest', 32, ({ hashes }) => hashes['md5']],
  ['blake2_256_digest', 64, ({ path }) => digestBlake2(path)],
];

/** Compares the digests a client sends with those of the content. Throws a `Refusal` for the first that differs. */
export async function checkDigests(fields: ReadonlyMap<string, readonly string[]>, content: Content): Promise<void> {
  for (const [field, digits, digest] of digestFields) {
    const sent = fields.get(field)?.[0]?.trim().toLowerCase();
    if (sent === undefined || sent === '') continue;
    if (!/^[0-9a-f]+$/.test(sent) || sent.length !== digits) {
      throw new Refusal('invalid', `${field} must be ${digits} hexadecimal digits`);
    }
    const actual = await digest(content);
    if (sent !== actual) throw new Refusal('invalid', `${field} is ${sent}, but the file that came has ${actual}`);
  }
}
