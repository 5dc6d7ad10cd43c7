import type { IdMap } from '../ids/id-map.ts';
import type { BlobCache } from './pull/blob-cache.ts';
import { baseName } from './recipe.ts';
import type { ImageStore } from './store.ts';
import type { ImageRecord } from './types.ts';

export interface PruneOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  readonly blobs: BlobCache;
  /** Digests of the layers that workspaces were made from. */
  readonly usedLayers: readonly string[];
  /** Images that were used since are kept. Milliseconds. */
  readonly olderThanMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

/** An image that goes, with its layers that no image has that stays or goes before it. */
interface GoingImage {
  readonly record: ImageRecord;
  readonly usedAt: number;
  readonly layers: readonly string[];
}

/** What goes in a clean-up. */
export interface PrunePlan {
  readonly images: readonly GoingImage[];
  /** What pulls that were never finished left. */
  readonly parts: readonly { readonly file: string; readonly sizeBytes: number }[];
}

/**
 * Which images go: those that no workspace was made from and that nobody used for the time given. The base stays as long
 * as another image that stays lies on it.
 */
export function planPrune(options: PruneOptions): PrunePlan {
  const { store, usedLayers, olderThanMs, now } = options;
  const all = store.list();
  const isOld = ({ name }: ImageRecord): boolean => now - store.usedAt(name) >= olderThanMs;
  const isUsed = ({ layers }: ImageRecord): boolean =>
    layers.some((layer, at) => at === layers.length - 1 && usedLayers.includes(layer));
  const candidates = all.filter((record) => record.name !== baseName && isOld(record) && !isUsed(record));
  const others = all.filter((record) => record.name !== baseName && !candidates.includes(record));
  const base = all.find(({ name }) => name === baseName);
  const isBaseNeeded =
    base !== undefined && others.some(({ layers }) => base.layers.every((one) => layers.includes(one)));
  const going =
    base !== undefined && !isBaseNeeded && isOld(base) && !isUsed(base) ? [...candidates, base] : candidates;
  const kept = new Set([...all.filter((one) => !going.includes(one)).flatMap(({ layers }) => layers), ...usedLayers]);
  return {
    images: going.map((record) => {
      const layers = record.layers.filter((layer) => !kept.has(layer));
      for (const layer of layers) kept.add(layer);
      return { record, usedAt: store.usedAt(record.name), layers };
    }),
    parts: options.blobs.listOlderThan(olderThanMs === 0 ? 0 : 60_000, now),
  };
}

/** Carries a clean-up out, and removes layers that belong to no image at all. */
export async function carryOutPrune(plan: PrunePlan, options: PruneOptions): Promise<void> {
  const { store, blobs, idMap, usedLayers, signal } = options;
  for (const { record } of plan.images)
    await store.remove(record.name, { idMap, usedLayers, ...(signal && { signal }) });
  for (const { file } of plan.parts) blobs.remove(file);
  await store.sweep({ idMap, usedLayers, ...(signal && { signal }) });
}
