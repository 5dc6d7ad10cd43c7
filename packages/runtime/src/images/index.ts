/** Images: recipes, the store, builds. Apart from the main entry, because only a few commands need them. */
export { openIdMap } from '../sandbox/state-id-map.ts';
export { listUsedLayers } from '../workspace/used-layers.ts';
export { type BuildProgress, buildImage } from './build.ts';
export { machineBuildOptions } from './build-stand-in.ts';
export { nameImage } from './image-name.ts';
export { parsePlatform } from './oci/platform.ts';
export { carryOutPrune, type PruneOptions, planPrune } from './prune-images.ts';
export { exportImage } from './pull/export-image.ts';
export { importImage } from './pull/import-image.ts';
export { machinePullOptions, type PulledImage, pullImage, requireReference } from './pull/pull-image.ts';
export { describeProgress, type PullProgress } from './pull/pull-progress.ts';
export { baseName, listRecipes } from './recipe.ts';
export { recipesFolder } from './recipes-folder.ts';
export { parseReference, renderReference } from './reference.ts';
export { standInFor } from './rewrite.ts';
export { openStore } from './store.ts';
export type { ImageRecord, Recipe } from './types.ts';
