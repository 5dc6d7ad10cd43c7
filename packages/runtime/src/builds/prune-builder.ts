import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IdMap } from '../ids/id-map.ts';
import { openBuildRoom, roomPaths } from '../images/build-room.ts';
import { measureFreed } from '../images/measure-freed.ts';
import { nameOwner } from '../images/owned-name.ts';
import type { PrunePlan } from '../images/prune-images.ts';
import type { ImageStore } from '../images/store.ts';
import { KeptContexts } from './context/kept-contexts.ts';

interface PruneBuilderOptions {
  readonly store: ImageStore;
  readonly cacheFolder: string;
  readonly idMap: IdMap;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that a clean-up frees. */
interface FreedBytes {
  /** With each image of the plan. */
  readonly images: readonly number[];
  /** With what builds from Dockerfiles keep for later ones, once the images are gone: layers of steps, cache mounts. */
  readonly builder: number;
  /** With files of repositories that builds fetched. */
  readonly contexts: number;
}

/**
 * Measures what a clean-up frees. Files of layers that builds made are also the builder's, and go with the last of both. A build
 * that is on is not waited for: what it writes or removes meanwhile may be missed.
 */
export async function measurePrune(
  { images }: PrunePlan,
  { store, idMap, cacheFolder }: Omit<PruneBuilderOptions, 'signal'>,
): Promise<FreedBytes> {
  const contexts = new KeptContexts(cacheFolder).measure();
  const place = (path: string): string => join(roomPaths.images, relative(store.folder, path));
  const going = images.map(({ layers }) => layers.map((layer) => place(store.layerFolder(layer))));
  const builder = builderFolder(store);
  const groups = [...going, existsSync(builder) ? [place(builder)] : []];
  if (groups.flat().length === 0) return { images: going.map(() => 0), builder: 0, contexts };
  const room = await openBuildRoom({ images: store.folder, idMap });
  try {
    const bytes = await measureFreed((argv, what) => room.run(argv, what), groups);
    return { images: bytes.slice(0, -1), builder: bytes.at(-1) ?? 0, contexts };
  } finally {
    room.close();
  }
}

/** Removes all that builds keep. Waits for a build that is on. */
export async function pruneBuilder({ store, idMap, cacheFolder, signal }: PruneBuilderOptions): Promise<void> {
  await new KeptContexts(cacheFolder, signal).trim(0);
  if (!existsSync(builderFolder(store))) return;
  await store.lock('builder', signal, async () => {
    const room = await openBuildRoom({ images: store.folder, idMap });
    try {
      const args = [roomPaths.images, `building/trash-${nameOwner()}`, 'builder'];
      await room.runStep('remove', args, 'removing what builds keep', { isCaller: true });
    } finally {
      room.close();
    }
  });
}

function builderFolder({ folder }: ImageStore): string {
  return join(folder, 'builder');
}
