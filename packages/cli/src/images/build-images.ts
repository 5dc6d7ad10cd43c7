import type { RuntimeSettings } from '@devstead/runtime';
import {
  type BuildProgress,
  baseName,
  buildImage,
  machineBuildOptions,
  openIdMap,
  openStore,
  type Recipe,
} from '@devstead/runtime/images';
import type { Io } from '../io.ts';
import { BuildLines } from './build-lines.ts';

/** One image of `devstead image build --output json`. */
export interface BuiltImage {
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** It was made now. */
  readonly isNew: boolean;
}

/** Processors and disk are shared: two builds at a time finish soonest. */
const buildsAtOnce = 2;

/**
 * Builds images one after the other, two at a time, and shows each step. What is up to date costs a look at the store.
 * Throws the first failure, after the build beside it has ended.
 */
export async function buildImages(
  io: Io,
  settings: RuntimeSettings,
  recipes: readonly Recipe[],
  isForced: boolean,
): Promise<BuiltImage[]> {
  const store = openStore(settings.stateFolder);
  const present = new Map(store.list().map((record) => [record.name, record]));
  const isPresent = (recipe: Recipe): boolean => !isForced && present.get(recipe.name)?.recipeDigest === recipe.digest;
  const results = new Map<string, BuiltImage>();
  for (const recipe of recipes.filter(isPresent)) {
    const record = present.get(recipe.name);
    if (record !== undefined)
      results.set(recipe.name, { name: record.name, digest: record.digest, sizeBytes: record.sizeBytes, isNew: false });
  }
  const queue = recipes.filter((recipe) => !isPresent(recipe));
  // Every other image lies on the base, which must be the new one before they begin.
  const first = queue.filter(({ name }) => name === baseName);
  const rest = queue.filter(({ name }) => name !== baseName);
  if (queue.length > 0) {
    const shown = new BuildLines(io);
    const options = {
      ...machineBuildOptions(settings, openIdMap(settings)),
      onProgress: (progress: BuildProgress) => shown.read(progress),
      signal: io.signal,
    };
    const build = async (recipe: Recipe): Promise<void> => {
      const { name, digest, sizeBytes } = await buildImage(recipe, { ...options, isForced });
      results.set(name, { name, digest, sizeBytes, isNew: true });
    };
    try {
      for (const recipe of first) await build(recipe);
      await runSome(rest, buildsAtOnce, build);
    } finally {
      shown.end();
    }
  }
  return recipes.flatMap(({ name }) => results.get(name) ?? []);
}

/** Works through a list, so many at a time. After a failure nothing further is begun. */
async function runSome<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && failures.length === 0; item = left.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
