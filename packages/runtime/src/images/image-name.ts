import { createHash } from 'node:crypto';
import { machinePlatform, type Platform, renderPlatform } from './oci/platform.ts';
import { type ImageReference, renderReference } from './reference.ts';

const longestSlug = 40;

/**
 * The name in the store of an image that was pulled or imported: readable, and another one for another reference. That
 * for another platform than the machine's has a name of its own.
 */
export function nameImage(reference: ImageReference, platform: Platform = machinePlatform()): string {
  const full = renderReference(reference);
  const own = renderPlatform(machinePlatform());
  const key = renderPlatform(platform) === own ? full : `${full} ${renderPlatform(platform)}`;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const last = reference.repository.split('/').at(-1) ?? '';
  const words = `${last}-${reference.tag ?? ''}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const slug = words.slice(0, longestSlug).replace(/^-+|-+$/g, '');
  return `${/^[a-z]/.test(slug) ? '' : 'image-'}${slug}-${hash}`;
}
