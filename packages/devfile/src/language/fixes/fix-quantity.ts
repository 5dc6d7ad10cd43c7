import { suggestQuantity } from '../../quantity.ts';
import { textOf, writeKey } from './text-of.ts';
import type { Fixer } from './types.ts';

/** `512MB` is `512M`, `1 GiB` is `1Gi`; the amount stays the same. */
export const fixQuantity: Fixer = ({ document, spot }) => {
  if (spot?.node.kind !== 'scalar') return [];
  const { node } = spot;
  const isCpu = String(spot.path.at(-1)).startsWith('cpu');
  const text = suggestQuantity(node.value, isCpu ? 'cpu' : 'memory');
  if (text === undefined) return [];
  const written = textOf(document, node);
  const newText = /^[\d.]+$/.test(text) ? `"${text}"` : writeKey(document, written, text);
  // A small `b` may stand for bits, and a lone `m` for a thousandth.
  const isCertain = isCpu || (!/[kmgt]i?b$/.test(node.value) && !/\dm$/.test(node.value.replaceAll(' ', '')));
  return [
    { title: `Change it to ${text}`, changes: [{ start: node.start, end: node.end, newText }], isSafe: isCertain },
  ];
};
