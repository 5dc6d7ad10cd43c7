import { resolvePlainScalar } from '../../resolve-scalar.ts';
import type { LanguageDocument } from '../open-document.ts';
import type { MapEntry } from '../tree/node.ts';
import { lineBreakOf, textOf } from './text-of.ts';
import type { Change } from './types.ts';

/** `NAME: text` as the `name` and the `value` of a variable; nothing for a value that is no text on one line. */
export function writeVariable(
  document: LanguageDocument,
  { key, value }: MapEntry,
  dash: '' | '- ',
): Change | undefined {
  if (key.style !== 'plain' || value?.kind !== 'scalar' || value.style === 'block') return undefined;
  const written = textOf(document, value);
  if (/[\r\n]/.test(written)) return undefined;
  const isText = value.style !== 'plain' || typeof resolvePlainScalar(written) === 'string';
  const margin = ' '.repeat(document.lines.positionAt(key.start).character + dash.length);
  const text = isText ? written : `"${written}"`;
  const newText = `${dash}name: ${key.value}${lineBreakOf(document)}${margin}value: ${text}`;
  return { start: key.start, end: value.end, newText };
}
