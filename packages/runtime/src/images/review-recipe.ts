import { join } from 'node:path';
import { type Diagnostic, findNearNames } from '@devstead/kit';
import { runProcess, systemPath } from '../process/run-process.ts';
import { inspectRecipe, type RecipeReport } from './recipe.ts';
import type { RecipeCode } from './recipe-codes.ts';
import { makeDiagnostic } from './recipe-text.ts';
import { findHidingRecipe } from './rewrite.ts';
import type { Recipe } from './types.ts';

/** A recipe with everything there is to say about it. */
export interface RecipeReview {
  readonly name: string;
  readonly file: string;
  /** The text of recipe.yaml, to show lines of. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a recipe is looked at beside. */
export interface RecipeSurroundings {
  /** Those it will live with. */
  readonly recipes: readonly Recipe[];
  /** Names of the packages there are; absent: not known, and nothing is said about them. */
  readonly packages?: ReadonlySet<string> | undefined;
}

/**
 * Reads a recipe's folder and looks beyond its fields: whether bash can read `finish.sh`, whether the programs that
 * start the image can be started, what a build would pass over, packages that Debian does not have, rows that another
 * recipe takes first, and what keeps an image from running as others expect.
 */
export async function reviewRecipe(
  folder: string,
  shownFolder: string,
  surroundings: RecipeSurroundings,
): Promise<RecipeReview> {
  const report = await inspectRecipe(folder, { shownFolder });
  const { name, text, recipe } = report;
  const file = join(shownFolder, 'recipe.yaml');
  const diagnostics = [
    ...report.diagnostics,
    ...findStrayFiles(report, shownFolder),
    ...(await readScript(report, folder, shownFolder)),
    ...(recipe === undefined ? [] : reviewImage(recipe, report, file)),
    ...(recipe === undefined ? [] : reviewRows(recipe, surroundings.recipes, report, file)),
    ...(recipe === undefined ? [] : reviewPackages(recipe, surroundings.packages, report, file)),
  ];
  return { name, file, text, diagnostics };
}

const start = { line: 1, column: 1 };

function findStrayFiles({ files }: RecipeReport, shownFolder: string): Diagnostic[] {
  return files
    .filter((path) => path !== '/recipe.yaml' && path !== '/finish.sh' && !path.startsWith('/root/'))
    .map((path) => {
      const message = 'no build looks at this file';
      return makeDiagnostic('recipe.unknown-file', message, join(shownFolder, path), start, { severity: 'warning' });
    });
}

/** What `bash -n` says about finish.sh, which runs nothing of it. */
async function readScript({ files }: RecipeReport, folder: string, shownFolder: string): Promise<Diagnostic[]> {
  if (!files.includes('/finish.sh')) return [];
  const script = join(folder, 'finish.sh');
  const { code, stderr } = await runProcess(['bash', '--norc', '-n', script], {
    env: { PATH: systemPath, LC_ALL: 'C.UTF-8' },
  });
  if (code === 0) return [];
  const [, line = '1', message = 'bash cannot read it'] = /: line (\d+): (.*)/.exec(stderr) ?? [];
  const place = { line: Number(line), column: 1 };
  return [makeDiagnostic('recipe.script-syntax', message, join(shownFolder, 'finish.sh'), place)];
}

function reviewImage({ config }: Recipe, { files, programs, locate }: RecipeReport, file: string): Diagnostic[] {
  const warn = (code: RecipeCode, message: string, path: readonly string[]): Diagnostic =>
    makeDiagnostic(code, message, file, locate(path), { severity: 'warning', path: path.join('.') });
  const found: Diagnostic[] = [];
  for (const field of ['entrypoint', 'command', 'ready'] as const) {
    const program = config[field]?.[0] ?? '';
    const isOwn = findInRoot(program, config.env['PATH'] ?? '').filter((path) => files.includes(path));
    const isStarted = field !== 'command' || config.entrypoint.length === 0;
    if (!isStarted || isOwn.length === 0 || isOwn.some((path) => programs.includes(path))) continue;
    const path = ['image', field];
    const message = `${isOwn[0]?.slice(1) ?? program} is not executable`;
    found.push(makeDiagnostic('recipe.not-a-program', message, file, locate(path), { path: path.join('.') }));
  }
  const [uid, gid] = config.user.split(':');
  if (gid !== '0') found.push(warn('recipe.no-any-user', `the user is of the group ${gid}`, ['image', 'user']));
  const needed = uid === '0' ? ['PATH'] : ['PATH', 'HOME'];
  for (const name of needed.filter((one) => !Object.hasOwn(config.env, one))) {
    found.push(warn('recipe.missing-variable', `${name} is not set`, ['image', 'env']));
  }
  return found;
}

/** Where in the recipe's folder a program may lie that the image starts by this word. */
function findInRoot(program: string, path: string): string[] {
  if (program === '') return [];
  if (program.includes('/')) return [join('/root', program)];
  return path.split(':').map((folder) => join('/root', folder, program));
}

function reviewRows(recipe: Recipe, recipes: readonly Recipe[], { locate }: RecipeReport, file: string): Diagnostic[] {
  const all = [...recipes.filter(({ name }) => name !== recipe.name), recipe].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  return recipe.standsInFor.flatMap((row, index) => {
    const hiding = findHidingRecipe(recipe.name, row, all);
    if (hiding === undefined) return [];
    const path = ['standsInFor', index];
    const message = `the recipe ${hiding.name} stands in for ${row} before this one`;
    return [
      makeDiagnostic('recipe.row-hidden', message, file, locate(path), { severity: 'warning', path: path.join('.') }),
    ];
  });
}

function reviewPackages(
  recipe: Recipe,
  packages: ReadonlySet<string> | undefined,
  { locate }: RecipeReport,
  file: string,
): Diagnostic[] {
  if (packages === undefined) return [];
  return recipe.packages.flatMap((name, index) => {
    if (packages.has(name)) return [];
    const path = ['packages', index];
    const near = findNearNames(
      name,
      [...packages].filter((one) => one[0] === name[0]),
    )[0];
    return [
      makeDiagnostic('recipe.unknown-package', `Debian 12 has no package ${name}`, file, locate(path), {
        path: path.join('.'),
        ...(near === undefined ? {} : { hint: `Did you mean \`${near}\`?` }),
      }),
    ];
  });
}
