import { createHash } from 'node:crypto';
import type { FileReference, ReleaseFile } from '../source.ts';

const digestPattern = /^[0-9a-f]{64}$/;

type AddressedFile = Pick<ReleaseFile, 'filename' | 'hashes' | 'upstreamUrl'>;

/**
 * Where a file is served, below its index: `+f/<3 digits>/<13 digits>/<filename>` by its SHA-256, else
 * `+e/<32 digits>/<filename>` by the address upstream has it at.
 */
export function addressFile(file: AddressedFile): string {
  const key = keyFile(file);
  const name = encodeURIComponent(file.filename);
  return key.length === 16 ? `+f/${key.slice(0, 3)}/${key.slice(3)}/${name}` : `+e/${key}/${name}`;
}

/** What names a file in its address: the first 16 digits of its SHA-256, else 32 digits of its upstream address. */
export function keyFile({ hashes, upstreamUrl }: AddressedFile): string {
  const { sha256 } = hashes;
  if (sha256 !== undefined && digestPattern.test(sha256)) return sha256.slice(0, 16);
  return createHash('sha256')
    .update(upstreamUrl ?? '')
    .digest('hex')
    .slice(0, 32);
}

/** True when `reference`, read from an address, names this file. */
export function isFileAt(file: AddressedFile, { filename, digestPrefix, addressKey }: FileReference): boolean {
  const wanted = digestPrefix ?? addressKey;
  return file.filename === filename && (wanted === undefined || keyFile(file) === wanted);
}
