import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IdMap } from '../ids/id-map.ts';
import { openBuildRoom, roomPaths } from '../images/build-room.ts';
import { nameOwner } from '../images/owned-name.ts';
import type { ImageStore } from '../images/store.ts';

interface PruneBuilderOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  readonly isDryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes what builds from Dockerfiles keep for later ones: layers of steps and cache mounts. Waits for a build that is on.
 * Returns the bytes that go; files that images share are not counted.
 */
export async function pruneBuilder({ store, idMap, isDryRun, signal }: PruneBuilderOptions): Promise<number> {
  if (!existsSync(join(store.folder, 'builder'))) return 0;
  return await store.lock('builder', signal, async () => {
    const room = await openBuildRoom({ images: store.folder, idMap });
    try {
      const inside = `${roomPaths.images}/builder`;
      const list = 'find "$1" -xdev -type f -links 1 -printf "%s\\n" | awk "{ sum += \\$1 } END { print sum + 0 }"';
      const bytes = await room.run(['sh', '-euc', list, 'sh', inside], 'measuring what builds keep');
      const args = [roomPaths.images, `building/trash-${nameOwner()}`, 'builder'];
      if (!isDryRun) await room.runStep('remove', args, 'removing what builds keep', { isCaller: true });
      return Number(bytes.trim());
    } finally {
      room.close();
    }
  });
}
