import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { IdMap } from '../../ids/id-map.ts';
import { systemPath } from '../../process/run-process.ts';
import type { RuntimeSettings } from '../../settings.ts';
import type { ImageBuilder } from './image-builder.ts';

/** Who builds images: buildah on this machine, or the engine that containers can run on. */
export type BuilderName = 'buildah' | 'engine';

/**
 * Who builds: what the configuration says, else buildah where it is installed, since it can do the most and does the same for
 * every runtime, else an engine. Throws MACHINE_LACKS where buildah is asked for and is not there.
 */
export function chooseBuilder({ builder }: RuntimeSettings): BuilderName {
  const isInstalled = systemPath.split(':').some((folder) => existsSync(join(folder, 'buildah')));
  if (builder === 'buildah' && !isInstalled)
    throw new AppError('MACHINE_LACKS', 'images are to be built by buildah, which is not installed', {
      hint: 'Install it: apt-get install buildah; or let an engine build: images.builder: engine.',
    });
  return builder ?? (isInstalled ? 'buildah' : 'engine');
}

/** Opens a builder. Only who builds pays for what it consists of. */
export async function openBuilder(name: BuilderName, settings: RuntimeSettings, idMap: IdMap): Promise<ImageBuilder> {
  if (name === 'engine') {
    const { EngineBuilder } = await import('../engine/engine-builder.ts');
    return new EngineBuilder(settings, idMap);
  }
  const { BuildahBuilder } = await import('../buildah/buildah-builder.ts');
  return new BuildahBuilder(settings, idMap);
}
