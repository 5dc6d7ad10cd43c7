export { buildImage } from './build.ts';
export type { BuildOptions, BuildProgress } from './build-options.ts';
export { baseName, listRecipes, readRecipe, recipesFolder } from './recipe.ts';
export { type ImageReference, parseReference, renderReference } from './reference.ts';
export { type RewriteRow, type StandIn, standInFor } from './rewrite.ts';
export { type ImageStore, openStore } from './store.ts';
export type { ImageConfig, ImageRecord, InstalledPackage, Recipe } from './types.ts';
