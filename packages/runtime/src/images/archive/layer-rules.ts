import { AppError } from '@devstead/kit';
import type { TarRules } from '../../archive/tar-reader.ts';

/** What is wrong with an archive of an image, as an error for people. */
export function brokenArchive(what: string): AppError {
  return new AppError('IMAGE_REFUSED', `an archive of the image is broken: ${what}`);
}

/** For layers: digests tell whether they are whole, and not every program that writes them marks their end. */
export const layerRules: TarRules = { refuse: brokenArchive, needsEndMark: false, readsXattrs: true };
