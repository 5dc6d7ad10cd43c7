import { createHash } from 'node:crypto';
import type { ImageRecord } from '../../images/types.ts';

/**
 * What an image of the store is called where a builder begins from it. Its configuration counts too: what stands in for an
 * official image runs as root.
 */
export function nameOffered({ digest, config }: ImageRecord): string {
  const hash = createHash('sha256').update(JSON.stringify([digest, config]));
  return `localhost/devstead/base-${hash.digest('hex').slice(0, 24)}:latest`;
}
