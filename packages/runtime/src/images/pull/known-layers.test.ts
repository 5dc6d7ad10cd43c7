import { expect, it } from 'vitest';
import type { ImageRecord } from '../types.ts';
import { dropRepeated, findKnownLayers, storedLayerDigest } from './known-layers.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const [a, b, c] = [digest('a'), digest('b'), digest('c')] as const;

/** A record of an image with these layers, of which the one named was adapted to those below. */
function record(diffIds: readonly string[], adapted?: string): ImageRecord {
  const layers = diffIds.map((diffId, index) => storedLayerDigest(diffIds, index, diffId === adapted));
  const origin = {
    reference: 'x',
    from: 'y',
    platform: 'linux/amd64',
    diffIds,
    layers,
    layerBytes: diffIds.map(() => 7),
  };
  return { origin } as unknown as ImageRecord;
}
const known = (diffIds: readonly string[], ...records: readonly ImageRecord[]): (string | undefined)[] =>
  findKnownLayers(diffIds, records).map((layer) => layer?.digest);

it('shares a layer that is what its archive says with every image', () => {
  expect(known([c, b, a], record([a, b]))).toEqual([undefined, b, a]);
});

it('shares a layer that was adapted only on the same layers', () => {
  const before = record([a, b], b);
  const adapted = before.origin?.layers[1];
  expect(adapted).not.toBe(b);
  expect(known([a, b, c], before)).toEqual([a, adapted, undefined]);
  expect(known([c, b], before)).toEqual([undefined, undefined]);
});

it('mounts what occurs twice once, where it is highest', () => {
  expect(dropRepeated([a, b, a, c])).toEqual([b, a, c]);
});
