import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The scripts that builds run. */
export const stepsFolder = fileURLToPath(new URL('steps/', import.meta.url));

/** The steps whose text decides what the base has in it, and what a layer on it has. `remove` only tidies up. */
const baseSteps = ['base', 'clean', 'finish', 'in-root', 'inventory', 'seal'] as const;
const layerSteps = ['clean', 'download', 'finish', 'in-root', 'install', 'inventory', 'seal'] as const;

/** What an image adds that keeps only a part of what was installed. */
const minimalSteps = ['nonroot', 'survey', 'cut'] as const;

/** What a recipe makes: the base, a layer on it, or an image cut out of such a layer. */
export type RecipeKind = 'base' | 'layer' | 'minimal';

/**
 * The steps whose images are known by their recipes alone. As long as the steps are these they add nothing to a
 * recipe's digest, so that images which were made by them are not made again.
 */
const countedWithRecipes: ReadonlySet<string> = new Set([
  '9149ac2d7956468a6b2954933a3ff8c5fa7a4394282f11db88f168ecbf28d7c9',
  'c6eb10804403594e927f8446ee5fbf3b61e874c8a9506e64b3a4a9b2f68f3298',
]);

/** What the steps add to the digest of a recipe: changes when one of those it uses does. */
export function digestSteps(kind: RecipeKind, folder = stepsFolder): readonly string[] {
  const digests =
    kind === 'base' ? [digestOf(baseSteps, folder)] : [digestOf(baseSteps, folder), digestOf(layerSteps, folder)];
  const counted = digests.every((digest) => countedWithRecipes.has(digest)) ? [] : digests;
  return kind === 'minimal' ? [...counted, digestOf(minimalSteps, folder)] : counted;
}

function digestOf(steps: readonly string[], folder: string): string {
  const hash = createHash('sha256');
  for (const step of steps) hash.update(JSON.stringify([step, readFileSync(`${folder}/${step}.sh`, 'utf8')]));
  return hash.digest('hex');
}
