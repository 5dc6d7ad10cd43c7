import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import type { IdMap } from '../ids/id-map.ts';
import type { RuntimeSettings } from '../settings.ts';
import { type BuildOptions, buildImage } from './build.ts';
import { listRecipes } from './recipe.ts';
import { openStore } from './store.ts';
import type { ImageRecord } from './types.ts';

/** Builds the image of a recipe into the store with the machine's own settings. Throws IMAGE_BUILD_FAILED. */
export async function buildStandIn(
  name: string,
  settings: RuntimeSettings,
  idMap: IdMap,
  report: StepReport,
  signal: AbortSignal,
): Promise<ImageRecord> {
  const recipe = (await listRecipes()).find((candidate) => candidate.name === name);
  if (recipe === undefined) throw new AppError('IMAGE_NOT_FOUND', `there is no recipe named ${name}`);
  return buildImage(recipe, {
    ...machineBuildOptions(settings, idMap),
    onProgress: ({ step, text, percent }) =>
      report.output(`${step}${percent === undefined ? '' : ` ${percent} %`}  ${text}\n`),
    signal,
  });
}

/** What every build on this machine has in common: the store, the download folder, mirror, certificates and proxies. */
export function machineBuildOptions(settings: RuntimeSettings, idMap: IdMap): BuildOptions {
  const { debianMirror, caBundle } = settings;
  return {
    store: openStore(settings.stateFolder),
    idMap,
    cacheFolder: settings.cacheFolder,
    proxies: Object.fromEntries(settings.proxies.map((proxy) => [proxy.name, proxy.value])),
    ...(debianMirror === undefined ? {} : { mirror: debianMirror }),
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}
