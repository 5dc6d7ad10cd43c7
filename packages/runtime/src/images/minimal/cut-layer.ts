import type { Writable } from 'node:stream';
import { AppError } from '@devstead/kit';
import type { MinimalImage } from '../types.ts';
import { parseSurvey, selectFiles } from './select-files.ts';

/** Runs one of the builder's steps where the installed image can be seen, and returns what it printed. */
type RunStep = (step: string, args: readonly string[], feed?: (input: Writable) => Promise<void>) => Promise<string>;

/**
 * Copies what a minimal image keeps from an installed one, which goes away with its build. Both folders are named as the
 * steps see them; `target` is made. Throws IMAGE_BUILD_FAILED when the recipe names what is not there.
 */
export async function cutLayer(
  minimal: MinimalImage,
  { root, target, runStep }: { readonly root: string; readonly target: string; readonly runStep: RunStep },
): Promise<void> {
  const survey = parseSurvey(await runStep('survey', [root, ...minimal.packages]));
  const { paths, problems } = selectFiles(minimal, survey);
  if (problems.length > 0) {
    throw new AppError('IMAGE_BUILD_FAILED', 'the recipe keeps or leaves out what is not there', { details: problems });
  }
  await runStep('cut', [root, target, ...minimal.packages], async (input) => {
    input.end(paths.map((path) => `./${path}\0`).join(''));
  });
}
