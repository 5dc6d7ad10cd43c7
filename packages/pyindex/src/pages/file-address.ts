import { createHash } from 'node:crypto';
import type { ReleaseFile } from '../source.ts';

const digestPattern = /^[0-9a-f]{64}$/;

/**
 * Where a file is served, below its index: `+f/<3 digits>/<13 digits>/<filename>` by its SHA-256, else
 * `+e/<32 digits>/<filename>` by the address upstream has it at.
 */
export function addressFile(file: Pick<ReleaseFile, 'filename' | 'hashes' | 'upstreamUrl'>): string {
  const { sha256 } = file.hashes;
  const name = encodeURIComponent(file.filename);
  if (sha256 !== undefined && digestPattern.test(sha256))
    return `+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${name}`;
  return `+e/${keyAddress(file.upstreamUrl ?? '')}/${name}`;
}

/** What stands for the address of a mirrored file that has no SHA-256: 32 hexadecimal digits. */
function keyAddress(upstreamUrl: string): string {
  return createHash('sha256').update(upstreamUrl).digest('hex').slice(0, 32);
}
