import { createHash } from 'node:crypto';
import type { ImageRecord } from '../types.ts';

/** A layer that lies in the store. */
export interface KnownLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

/**
 * The layer of the store that a layer of an image is, by its place: a layer whose folders had to be made to look like
 * those below it serves only on the same layers again.
 */
export function findKnownLayers(
  diffIds: readonly string[],
  records: readonly ImageRecord[],
): readonly (KnownLayer | undefined)[] {
  const known = new Map<string, KnownLayer>();
  for (const { origin } of records) {
    if (origin === undefined) continue;
    for (const [index, diffId] of origin.diffIds.entries()) {
      const layer = origin.layers[index];
      if (layer === undefined) continue;
      const key = layer === diffId ? diffId : chainKey(origin.diffIds, index);
      known.set(key, { digest: layer, sizeBytes: origin.layerBytes[index] ?? 0 });
    }
  }
  return diffIds.map((diffId, index) => known.get(diffId) ?? known.get(chainKey(diffIds, index)));
}

/** The digest that a layer has in the store. `isAdapted`: its folders were made to look like those below it. */
export function storedLayerDigest(diffIds: readonly string[], index: number, isAdapted: boolean): string {
  return isAdapted ? `sha256:${chainKey(diffIds, index)}` : (diffIds[index] ?? '');
}

function chainKey(diffIds: readonly string[], index: number): string {
  return createHash('sha256')
    .update(JSON.stringify(diffIds.slice(0, index + 1)))
    .digest('hex');
}

/**
 * Layers as they are mounted, the lowest first. What occurs twice stays where it is highest: it hides itself below, and
 * overlayfs takes no layer twice.
 */
export function dropRepeated(layers: readonly string[]): string[] {
  return layers.filter((layer, index) => !layers.includes(layer, index + 1));
}
