import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listOwnRecipes, listRecipes, readRecipe } from './recipe.ts';

const good = `
summary: A thing
provides: Thing 1
standsInFor: [example.com/thing]
packages: [thing, libstdc++6]
image:
  user: "1000:0"
  env: { PATH: /bin }
  entrypoint: []
  command: [thing]
  workingDir: /
  ports: [80]
  volumes: [/data]
  stopSignal: SIGTERM
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  write('base', good);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'recipe.yaml'), text);
  return join(folder, name);
}

async function problemsOf(text: string): Promise<readonly string[]> {
  const error = await readRecipe(write('thing', text)).catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error });
  expect(error.code).toBe('RECIPE_INVALID');
  return error.details.map((line) => line.split(':')[0] ?? '');
}

describe('readRecipe', () => {
  it('reads a recipe', async () => {
    const recipe = await readRecipe(write('thing', `${good}  ready: [thing, --ping]\n`));
    expect(recipe).toMatchObject({ name: 'thing', provides: 'Thing 1', packages: ['thing', 'libstdc++6'] });
    expect(recipe.config).toMatchObject({ user: '1000:0', ports: [80], ready: ['thing', '--ping'] });
    expect(recipe.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('lists all problems with their fields', async () => {
    const bad = `
summary: 1
standsInFor: example.com/thing
packages: [thing, "--purge", "a b"]
surprise: yes
image: { user: root, env: { "A B": x, C: 1 }, entrypoint: x, command: [1], workingDir: a/../b,
  ports: [0], volumes: [/a/../b], stopSignal: TERM, ready: true, extra: 1 }
`;
    expect((await problemsOf(bad)).toSorted()).toEqual(
      [
        'summary provides standsInFor packages surprise',
        ' image.user image.env image.entrypoint image.command image.workingDir image.ports image.volumes',
        ' image.stopSignal image.ready image.extra',
      ]
        .join('')
        .split(' ')
        .toSorted(),
    );
  });

  it.each(['', '[]', 'text'])('refuses %j for a recipe', async (text) => {
    expect(await problemsOf(text)).toEqual(['recipe.yaml']);
  });

  it.each(['a: [', 'a: 1\na: 2'])('refuses broken YAML %j', async (text) => {
    expect((await problemsOf(text)).length).toBeGreaterThan(0);
  });

  it('refuses a folder without recipe.yaml and one with a link', async () => {
    mkdirSync(join(folder, 'empty'));
    await expect(readRecipe(join(folder, 'empty'))).rejects.toMatchObject({ code: 'RECIPE_INVALID' });
    symlinkSync('/etc/passwd', join(write('thing', good), 'link'));
    await expect(readRecipe(join(folder, 'thing'))).rejects.toMatchObject({ code: 'RECIPE_INVALID' });
  });
});

describe('the digest of a recipe', () => {
  const digestOf = async (name = 'thing'): Promise<string> => (await readRecipe(join(folder, name))).digest;

  it('changes with every file, its name, its being a program, and the base; not with times', async () => {
    const thing = write('thing', good);
    const seen = [await digestOf()];
    cpSync(thing, join(folder, 'again'), { recursive: true });
    expect(await digestOf('again')).toBe(seen[0]);
    mkdirSync(join(thing, 'root/etc'), { recursive: true });
    writeFileSync(join(thing, 'root/etc/a'), '1');
    seen.push(await digestOf());
    chmodSync(join(thing, 'root/etc/a'), 0o755);
    seen.push(await digestOf());
    writeFileSync(join(thing, 'root/etc/a'), '2');
    seen.push(await digestOf());
    cpSync(join(thing, 'root/etc/a'), join(thing, 'root/etc/b'));
    seen.push(await digestOf());
    writeFileSync(join(folder, 'base/finish.sh'), 'true');
    seen.push(await digestOf());
    expect(new Set(seen).size).toBe(6);
  });
});

describe('the recipes that come with Devstead', () => {
  it('are valid', async () => {
    const recipes = await listRecipes();
    expect(recipes.map((recipe) => recipe.name)).toEqual(['base', 'postgresql', 'python', 'redis', 'scanner']);
    for (const recipe of recipes) expect(recipe.config.env).toHaveProperty('PATH');
  });
});

describe('listOwnRecipes', () => {
  it('reads what comes with Devstead, and keeps it until a file of it changes', async () => {
    const cache = join(folder, 'cache');
    const recipes = await listOwnRecipes(cache);
    expect(recipes).toEqual(await listRecipes());
    expect(recipes.map(({ name }) => name)).toEqual(expect.arrayContaining(['base', 'python']));
    const kept = join(cache, 'recipes.json');
    const entry = JSON.parse(readFileSync(kept, 'utf8')) as { stamp: string; value: { name: string }[] };
    const fewer = entry.value.slice(1);
    writeFileSync(kept, JSON.stringify({ ...entry, value: fewer }));
    expect(await listOwnRecipes(cache)).toEqual(fewer);
    writeFileSync(kept, JSON.stringify({ value: fewer, stamp: 'of other files' }));
    expect(await listOwnRecipes(cache)).toEqual(recipes);
  });
});
