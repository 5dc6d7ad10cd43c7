import { furtherStandIns } from './further-stand-ins-table.ts';
import { type ImageReference, parseReference, renderReference } from './reference.ts';
import type { Recipe } from './types.ts';

/** A row of the rewrite table: images that match `image` are stood in for by `recipe`. */
export interface RewriteRow {
  /** `repository` (any tag) or `repository:tag`; in the tag `*` stands for any characters. */
  readonly image: string;
  /** A recipe's name. */
  readonly recipe: string;
}

export interface StandIn {
  readonly recipe: Recipe;
  /** One sentence for people: what stands in for what, and by which row. */
  readonly reason: string;
  /** A row of the configuration says so. */
  readonly isConfigured: boolean;
}

/**
 * Which recipe stands in for an image. Rows of the configuration come before the recipes' own; of those the row that
 * says most of the image wins, and among equals the first. Undefined when the text is no image reference or nothing stands for it.
 */
export function standInFor(
  reference: string,
  recipes: readonly Recipe[],
  extraRows: readonly RewriteRow[] = [],
): StandIn | undefined {
  const image = parseReference(reference);
  if (image === undefined) return undefined;
  const configured = extraRows.find((row) => matchesPattern(image, row.image));
  const named = configured && recipes.find((recipe) => recipe.name === configured.recipe);
  if (configured !== undefined && named !== undefined) {
    return { recipe: named, reason: explain(image, named, `images.rewrite: ${configured.image}`), isConfigured: true };
  }
  const [best] = recipes
    .flatMap((recipe) =>
      [...recipe.standsInFor, ...(furtherStandIns[recipe.name] ?? [])].map((row) => ({ recipe, row })),
    )
    .filter(({ row }) => matchesPattern(image, row))
    .sort((left, right) => sizeOf(right.row) - sizeOf(left.row));
  if (best === undefined) return undefined;
  const { recipe, row } = best;
  return { recipe, reason: explain(image, recipe, `row ${row}`), isConfigured: false };
}

/** How much of a tag a row says: the characters that are given, and whether there may be others. */
function sizeOf(row: string): number {
  const { tag } = parseRowPattern(row) ?? {};
  return tag === undefined ? -1 : 2 * tag.replaceAll('*', '').length + (tag.includes('*') ? 0 : 1);
}

function explain(image: ImageReference, recipe: Recipe, row: string): string {
  return `the recipe ${recipe.name} (${recipe.provides}) stands in for ${renderReference(image)} (${row})`;
}

/**
 * True when the image is one the pattern names. A pattern with a tag does not match an image given by digest alone,
 * since its tag is not known.
 */
function matchesPattern(image: ImageReference, pattern: string): boolean {
  // Of a hundred rows nearly all end here, before they are taken apart.
  if (!pattern.includes(image.repository.slice(image.repository.lastIndexOf('/') + 1))) return false;
  const row = parseRowPattern(pattern);
  if (row?.repository.registry !== image.registry || row.repository.repository !== image.repository) return false;
  return row.tag === undefined || (image.tag !== undefined && matchesGlob(image.tag, row.tag));
}

interface RowPattern {
  readonly repository: ImageReference;
  /** Absent: any tag. */
  readonly tag?: string;
}

/** Takes a row's pattern apart. Undefined for text that names no image; a digest is no part of a pattern. */
export function parseRowPattern(pattern: string): RowPattern | undefined {
  const slash = pattern.lastIndexOf('/');
  const colon = pattern.indexOf(':', slash + 1);
  const repository = parseReference(colon < 0 ? pattern : pattern.slice(0, colon));
  if (repository === undefined || repository.digest !== undefined) return undefined;
  if (colon < 0) return { repository };
  const tag = pattern.slice(colon + 1);
  return /^[\w*][\w.*-]{0,127}$/.test(tag) ? { repository, tag } : undefined;
}

/**
 * The first other recipe that stands in for all images of a row and whose own row says as much of them, or undefined.
 * Recipes are looked at in the order they are given, as `standInFor` does, up to the one the row belongs to.
 */
export function findHidingRecipe(recipe: string, pattern: string, recipes: readonly Recipe[]): Recipe | undefined {
  const row = parseRowPattern(pattern);
  if (row === undefined) return undefined;
  const isHidden = (other: string): boolean => {
    const { repository, tag } = parseRowPattern(other) ?? {};
    if (repository?.registry !== row.repository.registry) return false;
    if (repository.repository !== row.repository.repository || sizeOf(other) < sizeOf(pattern)) return false;
    // A `*` of the row is taken for a character of the tag, which only a `*` of the other covers.
    return tag === undefined || (row.tag !== undefined && matchesGlob(row.tag, tag));
  };
  const at = recipes.findIndex(({ name }) => name === recipe);
  return recipes.slice(0, Math.max(0, at)).find((other) => other.standsInFor.some(isHidden));
}

function matchesGlob(text: string, glob: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  if (!text.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
