import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IdMap } from '../ids/id-map.ts';
import { type BuildRoom, openBuildRoom, roomPaths } from '../images/build-room.ts';
import { nameOwner } from '../images/owned-name.ts';
import type { ImageStore } from '../images/store.ts';

interface PruneBuilderOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  readonly isDryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bytes that builds from Dockerfiles keep for later ones: layers of steps, cache mounts. Files that images share are not counted:
 * they would not be freed. A build that is on is not waited for.
 */
export async function measureBuilder({ store, idMap }: Omit<PruneBuilderOptions, 'isDryRun'>): Promise<number> {
  if (!existsSync(join(store.folder, 'builder'))) return 0;
  const room = await openBuildRoom({ images: store.folder, idMap });
  try {
    return await measure(room);
  } finally {
    room.close();
  }
}

/** Removes all of that. Waits for a build that is on. Returns the bytes that go. */
export async function pruneBuilder({ store, idMap, isDryRun, signal }: PruneBuilderOptions): Promise<number> {
  if (isDryRun) return await measureBuilder({ store, idMap });
  if (!existsSync(join(store.folder, 'builder'))) return 0;
  return await store.lock('builder', signal, async () => {
    const room = await openBuildRoom({ images: store.folder, idMap });
    try {
      const bytes = await measure(room);
      const args = [roomPaths.images, `building/trash-${nameOwner()}`, 'builder'];
      await room.runStep('remove', args, 'removing what builds keep', { isCaller: true });
      return bytes;
    } finally {
      room.close();
    }
  });
}

/** What a build writes or removes meanwhile may be missed. */
async function measure(room: BuildRoom): Promise<number> {
  const list = 'find "$1" -xdev -type f -links 1 -printf "%s\n" 2>/dev/null || true';
  const argv = ['sh', '-euc', list, 'sh', `${roomPaths.images}/builder`];
  const sizes = await room.run(argv, 'measuring what builds keep');
  return sizes.split('\n').reduce((sum, size) => sum + Number(size), 0);
}
