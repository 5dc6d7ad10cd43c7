import type { RecipeCode } from './recipe-codes.ts';
import { parseRowPattern } from './rewrite.ts';
import type { ImageConfig, MinimalImage, Recipe } from './types.ts';

/** What a recipe.yaml says. */
export type RecipeText = Omit<Recipe, 'name' | 'folder' | 'digest'>;

export type RecipePath = readonly (string | number)[];

/** A problem of a value. Its place is found later, from its path. */
export interface FieldProblem {
  readonly code: RecipeCode;
  readonly path: RecipePath;
  readonly message: string;
  /** What is wrong is the key at the path, not its value. */
  readonly isKey?: true;
  /** A field that may be misspelt, and those there are. */
  readonly misspelt?: { readonly written: string; readonly known: readonly string[] };
}

type Check = (value: unknown, path: RecipePath) => readonly FieldProblem[];

interface Field {
  readonly check: Check;
  readonly isOptional?: true;
}

const none: readonly FieldProblem[] = [];

function mustBe(what: string, accepts: (value: unknown) => boolean, code: RecipeCode = 'recipe.bad-value'): Check {
  return (value, path) =>
    accepts(value) ? none : [{ code, path, message: `${path.join('.')} must be ${what}, not ${show(value)}` }];
}

function text(pattern: RegExp, what: string): Check {
  return mustBe(what, (value) => typeof value === 'string' && pattern.test(value));
}

function listOf(check: Check): Check {
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((entry, index) => check(entry, [...path, index]))
      : mustBe('a list', () => false)(value, path);
}

const line = text(/^[^\n\0]+$/, 'a line of text');
const absolutePath = text(/^\/(?!.*\/\.\.?(?:\/|$))[^\n\0]*$/, 'an absolute path without . and ..');
const word = text(/^[^\0]*$/, 'text');
const packageName = text(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package');
const imageName = mustBe(
  'the name of an image, with or without a tag',
  (value) => typeof value === 'string' && parseRowPattern(value) !== undefined,
  'recipe.bad-image-name',
);
const port = mustBe(
  'a port from 1 to 65535',
  (value) => typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536,
);

const variables: Check = (value, path) => {
  if (!isMapping(value)) return mustBe('variables, each NAME: "text"', () => false)(value, path);
  return Object.entries(value).flatMap(([name, one]) => {
    const at = [...path, name];
    if (/^[A-Za-z_]\w*$/.test(name)) return word(one, at);
    const message = `${show(name)} is no name of a variable`;
    return [{ code: 'recipe.bad-value', path: at, message, isKey: true }];
  });
};

const recipeFields: Record<keyof Omit<RecipeText, 'config' | 'minimal'>, Field> = {
  summary: { check: line },
  provides: { check: line },
  standsInFor: { check: listOf(imageName) },
  packages: { check: listOf(packageName) },
};

const imageFields: Record<keyof Omit<ImageConfig, 'exposedPorts' | 'health' | 'labels'>, Field> = {
  user: { check: text(/^\d{1,5}:\d{1,5}$/, 'uid:gid, both as numbers') },
  env: { check: variables },
  entrypoint: { check: listOf(word) },
  command: { check: listOf(word) },
  workingDir: { check: absolutePath },
  ports: { check: listOf(port) },
  volumes: { check: listOf(absolutePath) },
  stopSignal: { check: text(/^SIG[A-Z0-9]+$/, 'a signal, such as SIGTERM') },
  ready: { check: listOf(word), isOptional: true },
};

const minimalFields: Record<keyof MinimalImage, Field> = {
  packages: { check: listOf(packageName) },
  files: { check: listOf(absolutePath) },
  without: { check: listOf(absolutePath) },
};

/** Checks what a recipe.yaml holds. The value is absent when there are problems. */
export function checkRecipeFields(value: unknown): { readonly value?: RecipeText; readonly problems: FieldProblem[] } {
  if (!isMapping(value)) {
    return { problems: [{ code: 'recipe.not-a-map', path: [], message: 'recipe.yaml must hold fields' }] };
  }
  const { image, minimal, ...rest } = value;
  const problems = checkFields(rest, recipeFields, [], [...Object.keys(recipeFields), 'image', 'minimal']);
  problems.push(...checkPart(value, 'image', imageFields));
  if (Object.hasOwn(value, 'minimal')) problems.push(...checkPart(value, 'minimal', minimalFields));
  if (problems.length > 0) return { problems };
  // The checks above have just held every field of all of them to its type.
  const checked = {
    ...(rest as unknown as Omit<RecipeText, 'config' | 'minimal'>),
    config: image as unknown as ImageConfig,
    ...(minimal === undefined ? {} : { minimal: minimal as MinimalImage }),
  };
  return { value: checked, problems };
}

function checkPart(
  value: Record<string, unknown>,
  name: string,
  fields: Readonly<Record<string, Field>>,
): readonly FieldProblem[] {
  const part = value[name];
  if (isMapping(part)) return checkFields(part, fields, [name]);
  if (Object.hasOwn(value, name))
    return [{ code: 'recipe.not-a-map', path: [name], message: `${name} must hold fields` }];
  return [{ code: 'recipe.missing-field', path: [name], message: `${name} is missing` }];
}

function checkFields(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, Field>>,
  path: RecipePath,
  known: readonly string[] = Object.keys(fields),
): FieldProblem[] {
  const unknown = Object.keys(value)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((written): FieldProblem => {
      const at = [...path, written];
      const message = `there is no field ${at.join('.')}`;
      return { code: 'recipe.unknown-field', path: at, message, isKey: true, misspelt: { written, known } };
    });
  const others = Object.entries(fields).flatMap(([name, { check, isOptional }]): readonly FieldProblem[] => {
    const at = [...path, name];
    if (Object.hasOwn(value, name)) return check(value[name], at);
    if (isOptional === true) return none;
    return [{ code: 'recipe.missing-field', path: at, message: `${at.join('.')} is missing` }];
  });
  return [...unknown, ...others];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const longestShown = 60;

function show(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > longestShown ? `${shown.slice(0, longestShown)}...` : shown;
}
