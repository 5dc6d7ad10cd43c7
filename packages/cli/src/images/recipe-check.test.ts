import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipesFolder } from '@devstead/runtime/images';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead image recipe check', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
    cpSync(join(recipesFolder, 'redis'), join(repository.folder, 'recipes/cache'), { recursive: true });
  });
  afterEach(() => repository.remove());

  const check = async (...paths: readonly string[]) => {
    const { code, stdout } = await repository.call(['image', 'recipe', 'check', '-o', 'json', ...paths]);
    const result = expectSchema('image-recipe-check', stdout) as {
      packagesChecked: boolean;
      recipes: { name: string; file: string; valid: boolean; diagnostics: { code: string; line: number }[] }[];
    };
    return { code, ...result };
  };

  it('looks at the recipes that come with Devstead unless some are named', async () => {
    const { code, packagesChecked, recipes } = await check();
    expect([code, packagesChecked]).toEqual([0, false]);
    expect(recipes.map(({ name }) => name)).toEqual(expect.arrayContaining(['base', 'node', 'nginx', 'python-build']));
  });

  it.each([['recipes'], ['recipes/cache'], ['recipes/cache/recipe.yaml']])('takes %s', async (path) => {
    const { code, recipes } = await check(path);
    expect(code).toBe(0);
    expect(recipes).toMatchObject([{ name: 'cache', file: 'recipes/cache/recipe.yaml', valid: true, diagnostics: [] }]);
  });

  it('ends with 1 for errors, each with its line', async () => {
    writeFileSync(join(repository.folder, 'recipes/cache/recipe.yaml'), 'summary: A cache\npackages: [1]\n');
    const { code, recipes } = await check('recipes');
    expect(code).toBe(1);
    expect(recipes[0]?.diagnostics).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'recipe.bad-value', line: 2, column: 12 })]),
    );
    const { code: again, stdout } = await repository.call(['image', 'recipe', 'check', 'recipes']);
    expect(again).toBe(1);
    expect(stdout).toContain('recipe.bad-value  recipes/cache/recipe.yaml:2:12');
    expect(stdout).toContain('2 | packages: [1]');
  });

  it('lets nothing in a recipe drive the terminal', async () => {
    writeFileSync(join(repository.folder, 'recipes/cache/recipe.yaml'), 'summary: "\\e]0;x\\a"\n"\u001b[2J": 1\n');
    const { stdout } = await repository.call(['image', 'recipe', 'check', 'recipes']);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('ends with 2 where there is nothing to read', async () => {
    mkdirSync(join(repository.folder, 'empty'));
    for (const path of ['empty', 'absent', 'absent/recipe.yaml']) {
      expect((await repository.call(['image', 'recipe', 'check', path])).code).toBe(2);
    }
  });
});
