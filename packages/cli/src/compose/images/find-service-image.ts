import {
  type ImageRecord,
  listRecipes,
  nameImage,
  openStore,
  parseReference,
  standInFor,
} from '@devstead/runtime/images';
import type { Settings } from '../../settings.ts';

/** What a service's image comes from, without asking a registry. */
export type ServiceImage =
  | { readonly from: 'recipe'; readonly name: string; readonly reason: string }
  | { readonly from: 'store'; readonly name: string; readonly reason: string; readonly record: ImageRecord };

/**
 * Finds images as an `up` does: the recipe that a row of the configuration names, then an image of the local store, then a
 * recipe that stands in. Undefined for what only a registry can have.
 */
export async function openServiceImages(settings: Settings): Promise<(reference: string) => ServiceImage | undefined> {
  const recipes = await listRecipes();
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  return (text) => {
    const standIn = standInFor(text, recipes, rows);
    const byRecipe: ServiceImage | undefined =
      standIn === undefined ? undefined : { from: 'recipe', name: standIn.recipe.name, reason: standIn.reason };
    if (standIn?.isConfigured === true) return byRecipe;
    const reference = parseReference(text);
    const record = reference === undefined ? undefined : store.read(nameImage(reference));
    if (record?.origin === undefined) return byRecipe;
    return {
      from: 'store',
      name: record.name,
      reason: `${text} is in the local store, from ${record.origin.from}`,
      record,
    };
  };
}
