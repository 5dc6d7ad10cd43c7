import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { remember, stampFolders } from '../remember.ts';
import { readRecipeText } from './recipe-text.ts';
import { recipesFolder } from './recipes-folder.ts';
import type { Recipe } from './types.ts';

/** Counts up when the builder makes other images from the same recipe, so that those in the store are made anew. */
const builderFormat = 1;

/** The recipe every other one is laid on. */
export const baseName = 'base';

/**
 * The recipes that come with Devstead, by name. What reading them gave is kept in the cache folder until a file of
 * theirs changes. Throws RECIPE_INVALID.
 */
export async function listOwnRecipes(cacheFolder: string): Promise<readonly Recipe[]> {
  const stamp = stampFolders([recipesFolder], recipesFolder, String(builderFormat));
  return remember(join(cacheFolder, 'recipes.json'), stamp, () => listRecipes());
}

/** All recipes of a folder, by name. Throws RECIPE_INVALID for the first that has errors. */
export async function listRecipes(folder = recipesFolder): Promise<Recipe[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readRecipe(join(folder, name))));
}

/**
 * Reads a recipe's folder: `recipe.yaml`, `root/` and `finish.sh`. Its digest is over all files of the folder and of
 * the base recipe beside it. Throws RECIPE_INVALID with every problem as `field: what is wrong`.
 */
export async function readRecipe(folder: string): Promise<Recipe> {
  const name = basename(folder);
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) problems.push(`name: '${name}' is no name for a recipe`);
  // Only commands that look at recipes pay for the YAML parser.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(await readText(join(folder, 'recipe.yaml'), name));
  problems.push(...document.errors.map((error) => error.message.split('\n')[0] ?? error.code));
  const text = document.errors.length > 0 ? undefined : readRecipeText(document.toJS({ maxAliasCount: 0 }), problems);
  if (text === undefined || problems.length > 0) throw invalidRecipe(name, problems);
  const base = join(dirname(folder), baseName);
  const folders = name === baseName ? [folder] : [base, folder];
  const digests = await Promise.all(folders.map((one) => digestFolder(one)));
  const digest = createHash('sha256')
    .update(JSON.stringify([builderFormat, ...digests]))
    .digest('hex');
  return { name, ...text, folder, digest: `sha256:${digest}` };
}

function invalidRecipe(name: string, problems: readonly string[], cause?: unknown): AppError {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new AppError('RECIPE_INVALID', `the recipe ${name} has ${count}`, { details: problems, cause });
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw invalidRecipe(name, ['recipe.yaml: cannot be read'], error);
  }
}

/** One line a file, in the order of their paths: path, whether it is a program, SHA-256 of its content. */
async function digestFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const path = file.slice(folder.length);
    const info = await lstat(file);
    if (!info.isFile()) throw invalidRecipe(basename(folder), [`${path}: only files and folders may be in a recipe`]);
    const content = createHash('sha256').update(await readFile(file));
    hash.update(JSON.stringify([path, (info.mode & 0o100) !== 0, content.digest('hex')]));
  }
  return hash.digest('hex');
}
