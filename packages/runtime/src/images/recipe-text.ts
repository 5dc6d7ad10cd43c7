import type { ImageConfig, Recipe } from './types.ts';

type RecipeText = Omit<Recipe, 'name' | 'folder' | 'digest'>;

interface Check {
  readonly what: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isOptional?: true;
}

const text = (pattern: RegExp, what: string): Check => ({
  what,
  accepts: (value) => typeof value === 'string' && pattern.test(value),
});
const listOf = (check: Check): Check => ({
  what: `a list, each entry ${check.what}`,
  accepts: (value) => Array.isArray(value) && value.every(check.accepts),
});
const optional = (check: Check): Check => ({ ...check, isOptional: true });

const line = text(/^[^\n]+$/, 'a line of text');
const path = text(/^\/(?!.*\/\.\.?(?:\/|$))[^\n]*$/, 'an absolute path without . and ..');
const word = text(/^[^\0]*$/, 'text');
const packageName = text(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package');
const variables: Check = {
  what: 'variables, each NAME: "text"',
  accepts: (value) =>
    isMapping(value) && Object.entries(value).every(([name, one]) => /^[A-Za-z_]\w*$/.test(name) && word.accepts(one)),
};
const port: Check = {
  what: 'a port from 1 to 65535',
  accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536,
};

const recipeFields: Record<keyof Omit<RecipeText, 'config'>, Check> = {
  summary: line,
  provides: line,
  standsInFor: listOf(line),
  packages: listOf(packageName),
};

const imageFields: Record<keyof Omit<ImageConfig, 'exposedPorts'>, Check> = {
  user: text(/^\d{1,5}:\d{1,5}$/, 'uid:gid, both as numbers'),
  env: variables,
  entrypoint: listOf(word),
  command: listOf(word),
  workingDir: path,
  ports: listOf(port),
  volumes: listOf(path),
  stopSignal: text(/^SIG[A-Z0-9]+$/, 'a signal, such as SIGTERM'),
  ready: optional(listOf(word)),
};

/**
 * Checks what a recipe.yaml holds. Every problem is added to `problems` as `field: what is wrong`; the value is only
 * of use when none was.
 */
export function readRecipeText(value: unknown, problems: string[]): RecipeText | undefined {
  if (!isMapping(value)) {
    problems.push('recipe.yaml: must be a mapping');
    return undefined;
  }
  const { image, ...rest } = value;
  checkFields(rest, recipeFields, '', problems);
  if (!isMapping(image)) problems.push('image: must be a mapping');
  else checkFields(image, imageFields, 'image.', problems);
  // The checks above have just held every field of both to its type.
  return { ...(rest as unknown as Omit<RecipeText, 'config'>), config: image as unknown as ImageConfig };
}

function checkFields(
  value: Record<string, unknown>,
  fields: Record<string, Check>,
  prefix: string,
  problems: string[],
): void {
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) problems.push(`${prefix}${name}: no such field`);
  }
  for (const [name, check] of Object.entries(fields)) {
    const found = value[name];
    if (found === undefined && check.isOptional) continue;
    if (found === undefined) problems.push(`${prefix}${name}: is missing`);
    else if (!check.accepts(found)) problems.push(`${prefix}${name}: must be ${check.what}`);
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
