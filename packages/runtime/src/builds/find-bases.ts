import { AppError } from '@devstead/kit';
import type { Place } from '../dockerfile/types.ts';
import type { IdMap } from '../ids/id-map.ts';
import { buildImage } from '../images/build.ts';
import { machineBuildOptions } from '../images/build-stand-in.ts';
import { nameImage } from '../images/image-name.ts';
import { machinePullOptions, pullImage } from '../images/pull/pull-image.ts';
import { describeProgress } from '../images/pull/pull-progress.ts';
import { listOwnRecipes } from '../images/recipe.ts';
import { parseReference, renderReference } from '../images/reference.ts';
import { type StandIn, standInFor } from '../images/rewrite.ts';
import { openStore } from '../images/store.ts';
import type { ImageConfig, Recipe } from '../images/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { BaseImage, BuildEvent } from './builder/image-builder.ts';

interface FindOptions {
  readonly file: string;
  readonly settings: RuntimeSettings;
  readonly idMap: IdMap;
  /** Newer images of registries are asked for also when the store has one of the name. */
  readonly pulls?: boolean;
  readonly report: (event: BuildEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the images that a Dockerfile names, as an `up` finds those of containers: the recipe that a row of the configuration
 * names, an image of the store, a recipe that stands in, then the registries. Those that are not in the store are made or
 * pulled. Throws with the Dockerfile's line: IMAGE_NOT_FOUND, IMAGE_PULL_FAILED, REGISTRY_DENIED, IMAGE_REFUSED,
 * IMAGE_BUILD_FAILED.
 */
export async function findBases(
  references: ReadonlyMap<string, Place>,
  options: FindOptions,
): Promise<Map<string, BaseImage>> {
  const recipes = await listOwnRecipes(options.settings.cacheFolder);
  const bases = new Map<string, BaseImage>();
  for (const [reference, place] of references) {
    try {
      bases.set(reference, await findBase(reference, recipes, options));
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error;
      const where = `${options.file}:${place.line}:${place.column}`;
      const { code, hint, details } = error;
      throw new AppError(code, `${where} ${reference}: ${error.message}`, { hint, details, cause: error });
    }
  }
  return bases;
}

async function findBase(text: string, recipes: readonly Recipe[], options: FindOptions): Promise<BaseImage> {
  const { settings, idMap, report, signal } = options;
  const reference = parseReference(text);
  if (reference === undefined)
    throw new AppError('IMAGE_NOT_FOUND', 'this is no name of an image', {
      hint: 'Write it as registry/repository:tag, or name a stage that stands before.',
    });
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const standIn = standInFor(text, recipes, rows);
  if (standIn?.isConfigured === true) return await standInBase(text, standIn, options);
  const present = store.read(nameImage(reference));
  // What was built here is in no registry.
  if (present?.origin !== undefined && (options.pulls !== true || present.buildStamp !== undefined)) {
    store.touch(present.name);
    return { reference: text, record: present, reason: `${text} is in the local store, from ${present.origin.from}` };
  }
  if (standIn !== undefined) return await standInBase(text, standIn, options);
  const { record } = await pullImage(text, {
    ...machinePullOptions(settings, idMap),
    onProgress: (progress) => report({ type: 'wait', text: `${text}: ${describeProgress(progress)}` }),
    signal,
  });
  return { reference: text, record, reason: `${text} was pulled from ${record.origin?.from ?? 'a registry'}` };
}

async function standInBase(text: string, { recipe, reason }: StandIn, options: FindOptions): Promise<BaseImage> {
  const { settings, idMap, report, signal } = options;
  const told = new Set<string>();
  const record = await buildImage(recipe, {
    ...machineBuildOptions(settings, idMap),
    onProgress: ({ image, step, text: words }) => {
      if (told.has(`${image} ${step}`)) return;
      told.add(`${image} ${step}`);
      report({ type: 'wait', text: `image ${image}: ${step} ${words}` });
    },
    signal,
  });
  openStore(settings.stateFolder).touch(record.name);
  const config = adaptStandIn(text, record.config);
  return { reference: text, record: { ...record, config }, reason, recipe: recipe.name };
}

/**
 * What a Dockerfile may rely on in the official images that a recipe stands in for: steps run as root, in `/`. The recipe's
 * own user and folder are those of a workspace.
 */
function adaptStandIn(text: string, config: ImageConfig): ImageConfig {
  const reference = parseReference(text);
  const isOfficial = reference !== undefined && renderReference(reference).startsWith('docker.io/library/');
  if (!isOfficial) return config;
  const { HOME: _home, ...env } = config.env;
  return { ...config, user: '0:0', workingDir: '/', env };
}
