import type { Container } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { listUsedLayers, openIdMap, openStore } from '@devstead/runtime/images';
import { harmlessText } from '../../harmless-text.ts';
import type { Io } from '../../io.ts';
import type { OpenedProject } from '../open-project.ts';
import { openServiceImages } from './find-service-image.ts';

/**
 * Removes the images of services that are no longer there: `local` those that were built under the name the project gives
 * them, `all` also those that were pulled or built under another. What a recipe makes is everybody's and stays; so does what
 * another workspace was made from, and this is said.
 */
export async function removeServiceImages(
  io: Io,
  { settings, loaded }: Pick<OpenedProject, 'settings' | 'loaded'>,
  containers: readonly Container[],
  which: 'local' | 'all',
): Promise<void> {
  const find = await openServiceImages(settings);
  const store = openStore(settings.stateFolder);
  const own = (container: Container): boolean =>
    container.service?.build !== undefined && container.image === `${loaded.environment.name}-${container.name}`;
  const references = containers.filter((one) => which === 'all' || own(one)).map(({ image }) => image);
  const say = (line: string): void => io.stderr.write(`  ${harmlessText(line, false)}\n`);
  for (const reference of new Set(references)) {
    const found = find(reference);
    if (found === undefined) continue;
    if (found.from === 'recipe') {
      say(`image ${reference} stays: ${found.reason}`);
      continue;
    }
    try {
      const usedLayers = listUsedLayers(settings.stateFolder);
      await store.remove(found.name, { idMap: openIdMap(settings), usedLayers, signal: io.signal });
      say(`image ${reference} removed`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error;
      say(`image ${reference} stays: ${error.message}`);
    }
  }
}
