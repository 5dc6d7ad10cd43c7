import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@devstead/kit';
import { mirrorMark, mirrorRegistry } from '../mirror/mirror-registry.ts';
import type { World } from '../world.ts';
import { readFolder, type StackSource } from './stack-source.ts';

export interface MirrorSourceSettings {
  readonly address: string;
  /** Where the copy is kept. */
  readonly folder: string;
  readonly world: World;
  readonly clock: Clock;
}

/** A copy is made anew after this long. */
const freshMs = 6 * 60 * 60_000;

/** The stacks of another registry, of which a copy is kept: it is served as long as that one cannot be asked. */
export function mirrorSource({ address, folder, world, clock }: MirrorSourceSettings): StackSource {
  const madeAt = async (): Promise<number | undefined> =>
    (await stat(join(folder, mirrorMark)).catch(() => undefined))?.mtimeMs;
  return {
    name: address,
    async read(signal) {
      const last = await madeAt();
      if (last === undefined || clock.now() - last > freshMs) {
        try {
          await mirrorRegistry({ address, folder, world, signal });
        } catch (error) {
          if (last === undefined || signal.aborted) throw error;
        }
      }
      return readFolder(folder);
    },
  };
}
