import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { renderDiagnostic } from '@devstead/devfile/render';
import { AppError, type Diagnostic, exitCode, type Severity } from '@devstead/kit';
import {
  listRecipes,
  type RecipeReview,
  readKnownPackages,
  recipesFolder,
  reviewRecipe,
} from '@devstead/runtime/images';
import type { Command } from 'commander';
import { paint } from '../colour.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';

/** What `devstead image recipe check --output json` prints. */
interface RecipeCheck {
  readonly schemaVersion: 'image-recipe-check/v1';
  /** No recipe has errors. */
  readonly valid: boolean;
  readonly errors: number;
  readonly warnings: number;
  /** Names of packages were looked up; no build has fetched Debian's lists yet where not. */
  readonly packagesChecked: boolean;
  readonly recipes: readonly CheckedRecipe[];
}

interface CheckedRecipe {
  readonly name: string;
  readonly file: string;
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

interface CheckOptions {
  readonly output: 'text' | 'json';
}

/** `devstead image recipe`: the recipes that images are made from. */
export function defineRecipe(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Work on recipes, from which images are made.')
    .addHelpText('after', '\nExample:\n  devstead image recipe check recipes/web\n');
  command
    .command('check')
    .description('List every problem of recipes, with its place.')
    .argument('[files...]', 'recipe.yaml files, folders of recipes, or folders that have such; default: our own')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nNothing is built or run. Exit code 0 when there are no errors, 1 when there are, 2 when a file cannot be read.\n' +
        '\nExamples:\n  devstead image recipe check\n  devstead image recipe check recipes/web/recipe.yaml\n' +
        '  devstead image recipe check --output json recipes\n',
    )
    .action(async (paths: readonly string[], { output }: CheckOptions) => {
      const folders = [...new Set((paths.length === 0 ? [recipesFolder] : paths).flatMap((path) => find(io, path)))];
      const packages = await readKnownPackages(readSettings(io).cacheFolder);
      const surroundings = { recipes: await listRecipes(), packages };
      const reviews: RecipeReview[] = [];
      for (const folder of folders) {
        io.signal.throwIfAborted();
        reviews.push(await reviewRecipe(folder, nameFolder(io, folder), surroundings));
      }
      const result = summarise(reviews, packages !== undefined);
      writeResult(io, output, result, () => renderCheck(result, reviews, io));
      done(result.valid ? exitCode.done : exitCode.bad);
    });
}

/** The recipe folders that a path means. Throws UNREADABLE_INPUT. */
function find(io: Io, path: string): string[] {
  const full = resolve(io.cwd, path);
  try {
    if (!statSync(full).isDirectory()) return [dirname(full)];
    const entries = readdirSync(full, { withFileTypes: true });
    if (entries.some(({ name }) => name === 'recipe.yaml')) return [full];
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(full, name));
    const recipes = folders.filter((folder) => readdirSync(folder).includes('recipe.yaml'));
    if (recipes.length > 0) return recipes.sort();
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${path}`, { cause: error });
  }
  throw new AppError('UNREADABLE_INPUT', `there is no recipe in ${path}`, {
    hint: 'A recipe is a folder with a recipe.yaml.',
  });
}

/** As it is shown: relative to the folder the command was called in, where it lies below it. */
function nameFolder(io: Io, folder: string): string {
  const below = relative(io.cwd, folder);
  return below.startsWith('..') ? folder : below;
}

function count(diagnostics: readonly Diagnostic[], severity: Severity): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

function summarise(reviews: readonly RecipeReview[], packagesChecked: boolean): RecipeCheck {
  const all = reviews.flatMap(({ diagnostics }) => diagnostics);
  const errors = count(all, 'error');
  const recipes = reviews.map(({ name, file, diagnostics }) => ({
    name,
    file,
    valid: count(diagnostics, 'error') === 0,
    diagnostics,
  }));
  return {
    schemaVersion: 'image-recipe-check/v1',
    valid: errors === 0,
    errors,
    warnings: count(all, 'warning'),
    packagesChecked,
    recipes,
  };
}

function renderCheck({ recipes, packagesChecked }: RecipeCheck, reviews: readonly RecipeReview[], io: Io): string {
  const { hasColour, columns } = io.stdout;
  const blocks = recipes.map(({ file, valid, diagnostics }, index) => {
    const lines = diagnostics.map((diagnostic) => {
      // Other files of the recipe are named only: the text at hand is that of recipe.yaml.
      const source = diagnostic.file === file ? reviews[index]?.text : undefined;
      return `${renderDiagnostic(diagnostic, source, { color: hasColour, width: columns })}\n`;
    });
    const verdict = valid ? paint('green', 'valid', hasColour) : paint('red', 'invalid', hasColour);
    return `${lines.join('')}${file}: ${verdict}\n`;
  });
  const unchecked = 'names of packages were not looked up: there are no package lists before the first build\n';
  return blocks.join('') + (packagesChecked ? '' : unchecked);
}
