import { escapeHtml } from '@devstead/kit/pages';
import type { IndexEntry } from '../types.ts';

/** A picture for a stack whose own cannot be had: its first letter, on a ground that both light and dark pages bear. */
export function drawLetterIcon({ name, displayName }: IndexEntry): Buffer {
  const [letter = '?'] = displayName ?? name;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#7d8696"/><text x="32" y="32" dy=".36em" text-anchor="middle" font-family="sans-serif" font-size="30" font-weight="600" fill="#fff">${escapeHtml(letter.toUpperCase())}</text></svg>\n`,
  );
}
