import { parseQuantity } from '../../quantity.ts';
import { textOf, writeKey } from './text-of.ts';
import type { Fixer } from './types.ts';

const units: Readonly<Record<string, string>> = {
  k: 'k',
  m: 'M',
  g: 'G',
  t: 'T',
  ki: 'Ki',
  mi: 'Mi',
  gi: 'Gi',
  ti: 'Ti',
};

/** `512MB` is `512M`, `1 GiB` is `1Gi`; the amount stays the same. */
export const fixQuantity: Fixer = ({ document, spot }) => {
  if (spot?.node.kind !== 'scalar') return [];
  const { node } = spot;
  const [, digits = '', unit = '', b = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?(b|bytes)?$/i.exec(node.value.trim()) ?? [];
  const isMemory = String(spot.path.at(-1)) !== 'cpuLimit' && String(spot.path.at(-1)) !== 'cpuRequest';
  // A lone `m` is a thousandth, and `b` may be bits: neither is changed unasked.
  const isCertain = isMemory && unit !== '' && (b !== '' || unit !== 'm') && b !== 'b';
  const text = isMemory ? `${digits}${units[unit.toLowerCase()] ?? ''}` : digits + (unit === 'm' ? 'm' : '');
  if (digits === '' || parseQuantity(text) === undefined || text === node.value) return [];
  const newText = writeKey(document, textOf(document, node), text);
  return [
    {
      title: `Change it to ${text}`,
      changes: [
        { start: node.start, end: node.end, newText: /^\d+(\.\d+)?$/.test(newText) ? `"${newText}"` : newText },
      ],
      isSafe: isCertain,
    },
  ];
};
