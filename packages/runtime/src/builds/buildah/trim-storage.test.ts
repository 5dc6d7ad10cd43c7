import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteUses, trimStorage } from './trim-storage.ts';

const layers = JSON.stringify([
  { id: 'a', parent: 'base', 'diff-size': 10 },
  { id: 'b', parent: 'a', 'diff-size': 20 },
  { id: 'c', parent: 'a', 'diff-size': 30 },
  { id: 'd', 'diff-size': 40 },
]);
const images = JSON.stringify(['a', 'b', 'c', 'd'].map((id) => ({ id: `image-${id}`, layer: id })));
const uses = { 'image-a': 1, 'image-b': 2, 'image-c': 3, 'image-d': 4 };
const ids = (text: string): string[] => (JSON.parse(text) as { id: string }[]).map(({ id }) => id);

describe('what builds keep', () => {
  it('stays as long as it is not too much', () => {
    expect(trimStorage(images, layers, { uses, kept: new Set(), mostBytes: 100 })).toBeUndefined();
  });

  it('loses what was not used for the longest time, but not what others lie on', () => {
    const trimmed = trimStorage(images, layers, { uses, kept: new Set(), mostBytes: 99 });
    expect(trimmed?.goneImages).toEqual(['image-a', 'image-b', 'image-c']);
    expect(trimmed?.goneLayers).toEqual(['a', 'b', 'c']);
    const other = trimStorage(images, layers, { uses: { ...uses, 'image-d': 0 }, kept: new Set(), mostBytes: 80 });
    expect(other?.goneImages).toEqual(['image-d']);
    expect(ids(other?.layers ?? '')).toEqual(['a', 'b', 'c']);
  });

  it('keeps what this build used, whatever that takes', () => {
    const trimmed = trimStorage(images, layers, { uses, kept: new Set(['image-b']), mostBytes: 0 });
    expect(ids(trimmed?.images ?? '')).toEqual(['image-b']);
    expect(ids(trimmed?.layers ?? '')).toEqual(['a', 'b']);
  });

  it('never has an image whose layers are gone', () => {
    const row = fc.record({ parent: fc.nat(9), size: fc.nat(50), usedAt: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 10 }), fc.nat(300), (rows, mostBytes) => {
        const all = rows.map(({ parent, size }, id) => ({
          id: `${id}`,
          'diff-size': size,
          parent: parent < id ? `${parent}` : '',
        }));
        const some = rows.map((_, id) => ({ id: `i${id}`, layer: `${id}` }));
        const used = Object.fromEntries(rows.map(({ usedAt }, id) => [`i${id}`, usedAt]));
        const left = trimStorage(JSON.stringify(some), JSON.stringify(all), { uses: used, kept: new Set(), mostBytes });
        if (left === undefined) return;
        const there = new Set(ids(left.layers));
        const parts = JSON.parse(left.layers) as { parent: string; 'diff-size': number }[];
        for (const { layer } of JSON.parse(left.images) as { layer: string }[]) expect(there.has(layer)).toBe(true);
        for (const { parent } of parts) expect(parent === '' || there.has(parent)).toBe(true);
        expect(parts.reduce((sum, one) => sum + one['diff-size'], 0)).toBeLessThanOrEqual(mostBytes);
      }),
    );
  });

  it('knows when each was used last, and forgets those that are gone', () => {
    expect(noteUses(images, { 'image-a': 1, 'image-b': 2, gone: 3 }, new Set(['image-b']), 9)).toEqual({
      'image-a': 1,
      'image-b': 9,
      'image-c': 9,
      'image-d': 9,
    });
  });
});
