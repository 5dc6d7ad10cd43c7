import type { RuntimeSettings } from '@devstead/runtime';
import { type ImageRecord, listRecipes, openStore, type Recipe } from '@devstead/runtime/images';

/** What `devstead image list --output json` prints. */
export interface ImageList {
  readonly schemaVersion: 'image-list/v1';
  readonly images: readonly ImageRow[];
}

interface ImageRow {
  readonly name: string;
  /** `missing`: there is a recipe and no image yet. `outdated`: its recipe is another one by now. `orphan`: it has no recipe any more. */
  readonly state: 'ready' | 'outdated' | 'missing' | 'orphan';
  readonly provides?: string;
  /** What it was pulled or imported as, when no recipe made it. */
  readonly reference?: string;
  /** ISO 8601. */
  readonly lastUsedAt?: string;
  /** Names of images that it stands in for. */
  readonly standsInFor: readonly string[];
  readonly digest?: string;
  readonly sizeBytes?: number;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** How many packages of Debian and Python are in it. */
  readonly packageCount?: number;
}

/** Every recipe with the image made from it, then images that were pulled or imported, and those whose recipe is gone. */
export async function readImages(settings: RuntimeSettings): Promise<ImageList> {
  const recipes = await listRecipes();
  const store = openStore(settings.stateFolder);
  const records = new Map(store.list().map((record) => [record.name, record]));
  const orphans = [...records.values()].filter(({ name }) => !recipes.some((recipe) => recipe.name === name));
  return {
    schemaVersion: 'image-list/v1',
    images: [
      ...recipes.map((recipe) => describe(recipe, records.get(recipe.name))),
      ...orphans.map((record): ImageRow => {
        const { name, origin } = record;
        const state = origin === undefined ? 'orphan' : 'ready';
        const reference = origin === undefined ? {} : { reference: origin.reference };
        return { name, state, standsInFor: [], ...reference, ...facts(record) };
      }),
    ].map((row) => {
      const usedAt = store.usedAt(row.name);
      return usedAt === 0 ? row : { ...row, lastUsedAt: new Date(usedAt).toISOString() };
    }),
  };
}

function describe(recipe: Recipe, record: ImageRecord | undefined): ImageRow {
  const { name, provides, standsInFor } = recipe;
  const state = record === undefined ? 'missing' : record.recipeDigest === recipe.digest ? 'ready' : 'outdated';
  return { name, state, provides, standsInFor, ...(record === undefined ? {} : facts(record)) };
}

function facts({
  digest,
  sizeBytes,
  createdAt,
  packages,
}: ImageRecord): Omit<ImageRow, 'name' | 'state' | 'provides' | 'standsInFor'> {
  return { digest, sizeBytes, createdAt, packageCount: packages.length };
}
