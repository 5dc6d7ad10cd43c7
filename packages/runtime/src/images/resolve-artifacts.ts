import type { Environment } from '@devstead/environment';
import type { RuntimeSettings } from '../settings.ts';
import { nameImage } from './image-name.ts';
import { listOwnRecipes } from './recipe.ts';
import { parseReference } from './reference.ts';
import { standInFor } from './rewrite.ts';
import { openStore } from './store.ts';

export interface ArtifactImages {
  /** The image in the store, or the one a recipe makes, by the component that asks for it; absent where there is none. */
  readonly images: Readonly<Record<string, string>>;
  /** Those of them whose recipe is another one by now. */
  readonly staleImages: readonly string[];
}

/** Finds an image for each component that is one: of its name in the store, else by a recipe that stands for the name. */
export async function resolveArtifacts(
  { artifacts = [] }: Environment,
  settings: RuntimeSettings,
): Promise<ArtifactImages> {
  const wanted = artifacts.filter(({ kind }) => kind === 'image');
  if (wanted.length === 0) return { images: {}, staleImages: [] };
  const recipes = await listOwnRecipes(settings.cacheFolder);
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const staleImages: string[] = [];
  const images = wanted.flatMap(({ name, imageName = '' }) => {
    const recipe = standInFor(imageName, recipes, rows)?.recipe;
    const reference = parseReference(imageName);
    const own = reference === undefined ? undefined : nameImage(reference);
    if (own !== undefined && store.read(own) !== undefined) return [[name, own] as const];
    if (recipe === undefined) return [];
    const record = store.read(recipe.name);
    if (record !== undefined && record.recipeDigest !== recipe.digest) staleImages.push(recipe.name);
    return [[name, recipe.name] as const];
  });
  return { images: Object.fromEntries(images), staleImages };
}
