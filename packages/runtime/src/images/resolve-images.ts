import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { RuntimeSettings } from '../settings.ts';
import { listOwnRecipes } from './recipe.ts';
import { standInFor } from './rewrite.ts';
import { openStore } from './store.ts';
import type { ImageConfig } from './types.ts';

/** Which image is used for a reference, and why. */
export interface UsedImage {
  readonly reference: string;
  /** The image in the store. */
  readonly name: string;
  /** What that image has, for people. */
  readonly provides: string;
  /** One sentence for people. */
  readonly reason: string;
}

export interface ResolvedImages {
  /** By reference. */
  readonly images: ReadonlyMap<string, { readonly name: string; readonly config: ImageConfig }>;
  readonly used: readonly UsedImage[];
  /** Images in the store whose recipe is another one by now. */
  readonly staleImages: readonly string[];
}

/** Finds an image for every container. Throws IMAGE_NOT_FOUND that names all references without one. */
export async function resolveImages(environment: Environment, settings: RuntimeSettings): Promise<ResolvedImages> {
  const recipes = await listOwnRecipes(settings.cacheFolder);
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const images = new Map<string, { name: string; config: ImageConfig }>();
  const used: UsedImage[] = [];
  const staleImages = new Set<string>();
  const missing: string[] = [];
  for (const reference of new Set(environment.containers.map(({ image }) => image))) {
    const found = standInFor(reference, recipes, rows);
    if (found === undefined) {
      missing.push(reference);
      continue;
    }
    const { recipe, reason } = found;
    const record = store.read(recipe.name);
    const isStale = record !== undefined && record.recipeDigest !== recipe.digest;
    if (isStale) staleImages.add(recipe.name);
    images.set(reference, {
      name: recipe.name,
      config: record === undefined || isStale ? recipe.config : record.config,
    });
    used.push({ reference, name: recipe.name, provides: recipe.provides, reason });
  }
  if (missing.length > 0) {
    const names = missing.map((reference) => JSON.stringify(reference)).join(', ');
    throw new AppError('IMAGE_NOT_FOUND', `no local image and no recipe stands for ${names}`, {
      details: environment.containers
        .filter(({ image }) => missing.includes(image))
        .map(({ name, image }) => {
          const origin = environment.provenance[`containers.${name}.image`]?.[0];
          return `${origin?.file ?? environment.source.file}:${origin?.line ?? 1} container ${name}: ${image}`;
        }),
    });
  }
  return { images, used, staleImages: [...staleImages] };
}
