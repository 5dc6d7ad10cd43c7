import { harmlessText } from './harmless-text.ts';

/** A word as it can be typed into a shell again: in quotes where it needs them, and without control characters. */
export function quoteWord(text: string): string {
  const shown = harmlessText(text, false);
  return /^[\w./@:+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
