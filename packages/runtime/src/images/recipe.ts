import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError, type Diagnostic } from '@devstead/kit';
import { remember, stampOwnFolders } from '../remember.ts';
import { digestFiles, listRecipeFiles, type RecipeFile } from './recipe-folder.ts';
import { digestSteps, type RecipeKind, stepsFolder } from './recipe-steps.ts';
import { makeDiagnostic, type RecipePlace, readRecipeText } from './recipe-text.ts';
import { recipesFolder } from './recipes-folder.ts';
import type { Recipe } from './types.ts';

/** Counts up when the builder makes other images from the same recipe and steps, so that those in the store are made anew. */
const builderFormat = 1;

/** The recipe every other one is laid on. */
export const baseName = 'base';

/**
 * The recipes that come with Devstead, by name. What reading them gave is kept in the cache folder until a file of
 * theirs, or of the steps that builds run, changes. Throws RECIPE_INVALID.
 */
export async function listOwnRecipes(cacheFolder: string): Promise<readonly Recipe[]> {
  const stamp = stampOwnFolders(() => [recipesFolder, stepsFolder], recipesFolder, String(builderFormat));
  // Each Devstead on the machine keeps its own.
  const name = createHash('sha256').update(recipesFolder).digest('hex').slice(0, 16);
  return remember(join(cacheFolder, 'recipes', `${name}.json`), stamp, () => listRecipes());
}

/** All recipes of a folder, by name. Throws RECIPE_INVALID for the first that has errors. */
export async function listRecipes(folder = recipesFolder): Promise<Recipe[]> {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readRecipe(join(folder, name))));
}

/** What reading a recipe's folder gave. */
export interface RecipeReport {
  readonly name: string;
  /** Absent when there are errors. */
  readonly recipe?: Recipe;
  readonly diagnostics: readonly Diagnostic[];
  /** The text of recipe.yaml; empty where it cannot be read. */
  readonly text: string;
  /** Paths of the files in it, each beginning with a slash, and of those that are programs. */
  readonly files: readonly string[];
  readonly programs: readonly string[];
  /** The place of a value of recipe.yaml. */
  readonly locate: (path: readonly (string | number)[]) => RecipePlace;
}

/**
 * Reads a recipe's folder: `recipe.yaml`, `root/` and `finish.sh`. Its digest is over all files of the folder and of
 * the base recipe beside it, and over the steps that make the image. Throws RECIPE_INVALID with every problem.
 */
export async function readRecipe(folder: string, steps: string = stepsFolder): Promise<Recipe> {
  const { name, recipe, diagnostics } = await inspectRecipe(folder, { steps });
  if (recipe !== undefined) return recipe;
  const count = diagnostics.length === 1 ? 'a problem' : `${diagnostics.length} problems`;
  const details = diagnostics.map(({ file, line, column, code, message }) =>
    [[file, line, column].filter((part) => part !== undefined).join(':'), code, message].join('  '),
  );
  throw new AppError('RECIPE_INVALID', `the recipe ${name} has ${count}`, {
    details,
    hint: 'Run `devstead image recipe check`, which shows each with its line.',
  });
}

interface InspectOptions {
  /** Names the folder in diagnostics. Default: its last part. */
  readonly shownFolder?: string;
  /** The folder of the steps that make the image. Default: the builder's own. */
  readonly steps?: string;
}

/** Reads a recipe's folder with all its problems (`recipe.*`). */
export async function inspectRecipe(folder: string, options: InspectOptions = {}): Promise<RecipeReport> {
  const name = basename(folder);
  const { shownFolder = name, steps = stepsFolder } = options;
  const file = join(shownFolder, 'recipe.yaml');
  const start = { line: 1, column: 1 };
  const diagnostics: Diagnostic[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    diagnostics.push(makeDiagnostic('recipe.bad-name', `'${name}' is no name for a recipe`, file, start));
  }
  const { files, problems } = listRecipeFiles(folder);
  // What is no file, such as a pipe, is not read.
  const isThere = files.some(({ path }) => path === '/recipe.yaml');
  const text = isThere ? readFileSync(join(folder, 'recipe.yaml'), 'utf8') : undefined;
  if (!isThere && problems.length === 0)
    diagnostics.push(makeDiagnostic('recipe.unreadable', 'there is no recipe.yaml', file, start));
  const reading = text === undefined ? undefined : await readRecipeText(text, file);
  diagnostics.push(...(reading?.diagnostics ?? []));
  for (const { code, path, message } of problems) {
    diagnostics.push(makeDiagnostic(code, message, join(shownFolder, path), start));
  }
  const { value } = reading ?? {};
  const isWhole = value !== undefined && diagnostics.length === 0;
  const kind = name === baseName ? 'base' : value?.minimal === undefined ? 'layer' : 'minimal';
  const recipe = isWhole ? { name, ...value, folder, digest: digestRecipe(folder, files, kind, steps) } : undefined;
  return {
    name,
    ...(recipe === undefined ? {} : { recipe }),
    diagnostics,
    text: text ?? '',
    files: files.map(({ path }) => path),
    programs: files.filter(({ isProgram }) => isProgram).map(({ path }) => path),
    locate: (path) => reading?.locate(path) ?? start,
  };
}

/** The folder of the base that a recipe's image is laid on: the one beside it, else the one that comes with Devstead. */
function findBase(folder: string): string {
  const beside = join(dirname(folder), baseName);
  return existsSync(join(beside, 'recipe.yaml')) ? beside : join(recipesFolder, baseName);
}

function digestRecipe(folder: string, files: readonly RecipeFile[], kind: RecipeKind, steps: string): string {
  const base = findBase(folder);
  const own = digestFiles(folder, files);
  const folders = kind === 'base' ? [own] : [digestFiles(base, listRecipeFiles(base).files), own];
  const parts = [builderFormat, ...folders, ...digestSteps(kind, steps)];
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
