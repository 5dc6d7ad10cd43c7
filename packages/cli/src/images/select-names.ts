import { AppError } from '@devstead/kit';

/** The names given, or all. Throws USAGE for neither and for both, IMAGE_NOT_FOUND for a name that is not known. */
export function selectNames(names: readonly string[], all: boolean, known: readonly string[]): readonly string[] {
  if (names.length > 0 === all) throw new AppError('USAGE', 'name images, or give --all');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return all ? known : [...new Set(names)];
  throw new AppError('IMAGE_NOT_FOUND', `there is no image or recipe ${unknown.join(', ')}`, {
    hint:
      known.length === 0
        ? 'There are no images; `devstead image build --all` makes them.'
        : `There are: ${known.join(', ')}.`,
  });
}
