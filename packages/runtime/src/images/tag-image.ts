import { nameImage } from './image-name.ts';
import { machinePlatform, renderPlatform } from './oci/platform.ts';
import { requireReference } from './pull/pull-image.ts';
import { renderReference } from './reference.ts';
import type { ImageStore } from './store.ts';
import type { ImageRecord } from './types.ts';

/**
 * Gives an image of the store further names; each is an image of its own over the same layers, as with container engines.
 * Throws USAGE for what is no name.
 */
export function tagImage(store: ImageStore, record: ImageRecord, names: readonly string[]): ImageRecord[] {
  const references = names.map((name) => requireReference(name));
  return references.map((reference) => {
    const { recipeDigest: _recipe, origin, ...rest } = record;
    const own: ImageRecord = {
      ...rest,
      name: nameImage(reference),
      origin: {
        ...(origin ?? describeOrigin(record)),
        reference: renderReference(reference),
      },
    };
    store.write(own);
    return own;
  });
}

/** Of a recipe's image only the size of the whole is known. */
function describeOrigin({ name, layers, sizeBytes }: ImageRecord): NonNullable<ImageRecord['origin']> {
  return {
    reference: name,
    from: `the recipe ${name}`,
    platform: renderPlatform(machinePlatform()),
    diffIds: layers,
    layers,
    layerBytes: layers.map((_, index) => (index === layers.length - 1 ? sizeBytes : 0)),
  };
}
