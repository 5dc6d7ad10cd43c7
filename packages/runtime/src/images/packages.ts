import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { BuildOptions } from './build-options.ts';

/** Where downloaded packages and package lists are kept for all builds. */
export function packagesFolder(options: Pick<BuildOptions, 'cacheFolder'>): string {
  return join(options.cacheFolder, 'packages');
}

/** How long the package lists are taken for up to date: the images of one set-up are then made from one state. */
const listsFreshMs = 60 * 60 * 1000;

/** `yes`: bring the lists up to date. `try`: the same, but what is there will do. `no`: they are fresh enough. */
export type ListsUpdate = 'yes' | 'try' | 'no';

/**
 * Downloads packages into the folder that all builds share, one build at a time. Lists that are there already are good
 * enough where the machine is offline; where they have aged so much that a package is gone, they are fetched anew.
 */
export async function preparePackages(
  options: Pick<BuildOptions, 'store' | 'cacheFolder' | 'signal'>,
  download: (update: ListsUpdate) => Promise<void>,
): Promise<void> {
  await options.store.lock('packages', options.signal, async () => {
    const update = chooseUpdate(packagesFolder(options));
    try {
      await download(update);
    } catch (error) {
      const isDownload = error instanceof AppError && error.code === 'IMAGE_BUILD_FAILED';
      if (!isDownload || update !== 'no') throw error;
      await download('yes');
    }
  });
}

function chooseUpdate(packages: string): ListsUpdate {
  const lists = join(packages, 'lists');
  const times = readdirSync(lists)
    .filter((name) => name.endsWith('_Packages') || name.endsWith('InRelease'))
    .map((name) => statSync(join(lists, name)).ctimeMs);
  if (times.length === 0) return 'yes';
  return Date.now() - Math.max(...times) < listsFreshMs ? 'no' : 'try';
}
