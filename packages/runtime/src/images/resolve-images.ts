import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { RuntimeSettings } from '../settings.ts';
import { nameImage } from './image-name.ts';
import { listOwnRecipes } from './recipe.ts';
import { parseReference } from './reference.ts';
import { type StandIn, standInFor } from './rewrite.ts';
import { type ImageStore, openStore } from './store.ts';
import type { ImageConfig, ImageRecord, Recipe } from './types.ts';

/** Which image is used for a reference, and why. */
export interface UsedImage {
  readonly reference: string;
  /** The image in the store. */
  readonly name: string;
  /** What that image has, for people. */
  readonly provides: string;
  /** One sentence for people. */
  readonly reason: string;
  /** The registry or file it comes from; absent where a recipe stands in. */
  readonly from?: string;
}

export interface ResolvedImages {
  /** By reference. */
  readonly images: ReadonlyMap<string, { readonly name: string; readonly config: ImageConfig }>;
  readonly used: readonly UsedImage[];
  /** Images in the store whose recipe is another one by now. */
  readonly staleImages: readonly string[];
  /** References of the images that must be pulled first, by the name they will have in the store. */
  readonly pulls: Readonly<Record<string, string>>;
}

type Resolved =
  | { readonly type: 'recipe'; readonly standIn: StandIn }
  | { readonly type: 'pulled'; readonly record: ImageRecord; readonly from: string }
  | { readonly type: 'remote'; readonly name: string; readonly config: ImageConfig; readonly from: string }
  | { readonly type: 'missing'; readonly error: AppError };

/**
 * Finds an image for every container: the recipe that a row of the configuration names, what was pulled under just this
 * name, a recipe that stands in, and at last the registries, which are only asked what the image is. Throws
 * IMAGE_NOT_FOUND, IMAGE_PULL_FAILED, IMAGE_REFUSED or REGISTRY_DENIED that names all references without an image.
 */
export async function resolveImages(
  environment: Environment,
  settings: RuntimeSettings,
  signal?: AbortSignal,
): Promise<ResolvedImages> {
  const recipes = await listOwnRecipes(settings.cacheFolder);
  const store = openStore(settings.stateFolder);
  const references = [...new Set(environment.containers.map(({ image }) => image))];
  const images = new Map<string, { name: string; config: ImageConfig }>();
  const used: UsedImage[] = [];
  const staleImages = new Set<string>();
  const pulls: Record<string, string> = {};
  const missing = new Map<string, AppError>();
  const found = await Promise.all(references.map((one) => resolveImage(one, recipes, store, settings, signal)));
  for (const [index, reference] of references.entries()) {
    const image = found[index];
    if (image === undefined) continue;
    if (image.type === 'missing') missing.set(reference, image.error);
    else if (image.type === 'recipe') {
      const { recipe, reason } = image.standIn;
      const record = store.read(recipe.name);
      const isStale = record !== undefined && record.recipeDigest !== recipe.digest;
      if (isStale) staleImages.add(recipe.name);
      const config = record === undefined || isStale ? recipe.config : record.config;
      images.set(reference, { name: recipe.name, config });
      used.push({ reference, name: recipe.name, provides: recipe.provides, reason });
    } else {
      const { name, config } = image.type === 'pulled' ? image.record : image;
      if (image.type === 'remote') pulls[name] = reference;
      images.set(reference, { name, config });
      const reason = `${reference} ${image.type === 'pulled' ? 'was' : 'is'} pulled from ${image.from}`;
      used.push({ reference, name, provides: reference, reason, from: image.from });
    }
  }
  for (const { name } of used) store.touch(name);
  if (missing.size > 0) throw explainMissing(environment, missing);
  return { images, used, staleImages: [...staleImages], pulls };
}

async function resolveImage(
  text: string,
  recipes: readonly Recipe[],
  store: ImageStore,
  settings: RuntimeSettings,
  signal: AbortSignal | undefined,
): Promise<Resolved> {
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const standIn = standInFor(text, recipes, rows);
  if (standIn?.isConfigured === true) return { type: 'recipe', standIn };
  const reference = parseReference(text);
  const record = reference === undefined ? undefined : store.read(nameImage(reference));
  if (record?.origin !== undefined) return { type: 'pulled', record, from: record.origin.from };
  if (standIn !== undefined) return { type: 'recipe', standIn };
  try {
    // Only an image that must be pulled pays for the loading of all that this takes.
    const { askForImage } = await import('./pull/ask-for-image.ts');
    return { type: 'remote', ...(await askForImage(text, settings, signal)) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error;
    return { type: 'missing', error };
  }
}

function explainMissing(environment: Environment, missing: ReadonlyMap<string, AppError>): AppError {
  const [first] = missing.values();
  const names = [...missing.keys()].map((reference) => JSON.stringify(reference)).join(', ');
  const places = environment.containers
    .filter(({ image }) => missing.has(image))
    .map(({ name, image }) => {
      const origin = environment.provenance[`containers.${name}.image`]?.[0];
      return `${origin?.file ?? environment.source.file}:${origin?.line ?? 1} container ${name}: ${image}`;
    });
  const reasons = [...missing.values()].flatMap(({ message, details }) => [message, ...details]);
  return new AppError(
    first?.code ?? 'IMAGE_NOT_FOUND',
    `no local image and no recipe stands for ${names}, and no registry gave it`,
    {
      details: [...places, ...new Set(reasons)],
      cause: first,
      ...(first === undefined ? {} : { hint: first.hint }),
    },
  );
}
