import { resolve } from 'node:path';
import type { Artifact, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { DockerfileStep } from '../plan/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import { nameImage } from './image-name.ts';
import { listOwnRecipes } from './recipe.ts';
import { parseReference } from './reference.ts';
import { standInFor } from './rewrite.ts';
import { openStore } from './store.ts';

export interface ArtifactImages {
  /** The image in the store, or the one a recipe makes, by the component that asks for it; absent where there is none. */
  readonly images: Readonly<Record<string, string>>;
  /** Those of them that are built from a Dockerfile. */
  readonly builds: Readonly<Record<string, DockerfileStep>>;
  /** Those of them whose recipe is another one by now. */
  readonly staleImages: readonly string[];
}

/** Finds an image for each component that is one: what its Dockerfile (below the folder) makes, of its name in the store, else
 * by a recipe that stands for the name. */
export async function resolveArtifacts(
  { artifacts = [], provenance }: Environment,
  settings: RuntimeSettings,
  folder: string,
): Promise<ArtifactImages> {
  const wanted = artifacts.filter(({ kind }) => kind === 'image');
  if (wanted.length === 0) return { images: {}, builds: {}, staleImages: [] };
  const recipes = await listOwnRecipes(settings.cacheFolder);
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const staleImages: string[] = [];
  const builds: Record<string, DockerfileStep> = {};
  const images = wanted.flatMap(({ name, imageName = '', dockerfile }) => {
    const recipe = standInFor(imageName, recipes, rows)?.recipe;
    const reference = parseReference(imageName);
    const own = reference === undefined ? undefined : nameImage(reference);
    if (own !== undefined && dockerfile !== undefined && standInFor(imageName, recipes, rows)?.isConfigured !== true) {
      const origin = provenance[`artifacts.${name}.dockerfile.uri`]?.find(({ line }) => line !== undefined);
      const { file, line, column } = origin ?? {};
      const namedAt = origin === undefined ? {} : { namedAt: [file, line, column].join(':') };
      builds[name] = { ...describeBuild(imageName, dockerfile, folder), ...namedAt };
      return [[name, own] as const];
    }
    if (own !== undefined && store.read(own) !== undefined) return [[name, own] as const];
    if (recipe === undefined) return [];
    const record = store.read(recipe.name);
    if (record !== undefined && record.recipeDigest !== recipe.digest) staleImages.push(recipe.name);
    return [[name, recipe.name] as const];
  });
  return { images: Object.fromEntries(images), builds, staleImages };
}

/** Throws USAGE for a path that leads out of the folder. */
function describeBuild(
  reference: string,
  { uri, buildContext, args, target }: NonNullable<Artifact['dockerfile']>,
  folder: string,
): DockerfileStep {
  const file = resolve(folder, uri);
  const context = resolve(folder, buildContext);
  for (const path of [file, context])
    if (path !== folder && !path.startsWith(`${folder}/`))
      throw new AppError('USAGE', `${path}, which ${reference} is built from, is not in ${folder}`, {
        hint: 'Name the Dockerfile and its context by paths in the devfile’s folder.',
      });
  return { reference, file, context, args, ...(target === undefined ? {} : { target }) };
}
