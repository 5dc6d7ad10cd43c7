import { type MirrorProgress, mirrorRegistry } from '../mirror/mirror-registry.ts';
import type { World } from '../world.ts';
import { type KeptSourceSettings, keptSource } from './kept-source.ts';
import type { StackSource } from './stack-source.ts';

export interface MirrorSourceSettings extends Omit<KeptSourceSettings, 'fetch'> {
  /** Of the other registry. */
  readonly address: string;
  readonly world: World;
  readonly onProgress?: (progress: MirrorProgress) => void;
}

/** The stacks of another registry, as a mirror of it. */
export function mirrorSource({ address, world, onProgress, ...kept }: MirrorSourceSettings): StackSource {
  const fetch = async (folder: string, signal: AbortSignal): Promise<void> => {
    await mirrorRegistry({ address, folder, world, signal, ...(onProgress === undefined ? {} : { onProgress }) });
  };
  return keptSource({ ...kept, fetch });
}
