/** Images: recipes, the store, builds. Apart from the main entry, because only a few commands need them. */
export { openIdMap } from '../sandbox/state-id-map.ts';
export { listUsedLayers } from '../workspace/used-layers.ts';
export { type BuildProgress, buildImage } from './build.ts';
export { machineBuildOptions } from './build-stand-in.ts';
export { readKnownPackages } from './known-packages.ts';
export { baseName, listRecipes } from './recipe.ts';
export { type RecipeCode, recipeCodes } from './recipe-codes.ts';
export { recipesFolder } from './recipes-folder.ts';
export { type RecipeReview, reviewRecipe } from './review-recipe.ts';
export { standInFor } from './rewrite.ts';
export { openStore } from './store.ts';
export type { ImageRecord, Recipe } from './types.ts';
