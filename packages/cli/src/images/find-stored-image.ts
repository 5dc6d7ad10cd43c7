import { AppError } from '@devstead/kit';
import { type ImageRecord, nameImage, type openStore, parseReference } from '@devstead/runtime/images';

/** The name in the store that a word on the command line means: a name, or a reference that was pulled. */
export function toStoredName(text: string, known: readonly string[]): string {
  if (known.includes(text)) return text;
  const reference = parseReference(text);
  const name = reference === undefined ? undefined : nameImage(reference);
  return name !== undefined && known.includes(name) ? name : text;
}

/** An image of the store. Throws IMAGE_NOT_FOUND that names those there are. */
export function findStoredImage(store: ReturnType<typeof openStore>, text: string): ImageRecord {
  const images = store.list();
  const name = toStoredName(
    text,
    images.map((image) => image.name),
  );
  const found = images.find((image) => image.name === name);
  if (found !== undefined) return found;
  throw new AppError('IMAGE_NOT_FOUND', `there is no image ${JSON.stringify(text)}`, {
    hint:
      images.length === 0
        ? 'There are no images; `devstead image pull` fetches one, `devstead image build --all` makes some.'
        : `There are: ${images.map((image) => image.origin?.reference ?? image.name).join(', ')}.`,
  });
}
