import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectRecipe, listOwnRecipes, listRecipes, readRecipe } from './recipe.ts';
import { digestSteps, stepsFolder } from './recipe-steps.ts';

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
  return error.details;
}

describe('readRecipe', () => {
  it('reads a recipe', async () => {
    const recipe = await readRecipe(write('thing', `${good}  ready: [thing, --ping]\n`));
    expect(recipe).toMatchObject({ name: 'thing', provides: 'Thing 1', packages: ['thing', 'libstdc++6'] });
    expect(recipe.config).toMatchObject({ user: '1000:0', ports: [80], ready: ['thing', '--ping'] });
    expect(recipe.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('lists all problems with their places', async () => {
    const bad = `
summary: 1
standsInFor: example.com/thing
packages: [thing, "--purge", "a b"]
surprise: yes
image:
  { user: root, env: { "A B": x, C: 1 }, entrypoint: x, command: [1], workingDir: a/../b,
  ports: [0], volumes: [/a/../b], stopSignal: TERM, ready: true, extra: 1 }
`;
    const { diagnostics } = await inspectRecipe(write('thing', bad));
    expect(diagnostics.map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`).toSorted()).toEqual(
      [
        'recipe.bad-value 2:10 summary',
        'recipe.missing-field 2:1 provides',
        'recipe.bad-value 3:14 standsInFor',
        'recipe.bad-value 4:19 packages.1',
        'recipe.bad-value 4:30 packages.2',
        'recipe.unknown-field 5:1 surprise',
        'recipe.bad-value 7:11 image.user',
        'recipe.bad-value 7:24 image.env.A B',
        'recipe.bad-value 7:37 image.env.C',
        'recipe.bad-value 7:54 image.entrypoint',
        'recipe.bad-value 7:67 image.command.0',
        'recipe.bad-value 7:83 image.workingDir',
        'recipe.bad-value 8:11 image.ports.0',
        'recipe.bad-value 8:25 image.volumes.0',
        'recipe.bad-value 8:47 image.stopSignal',
        'recipe.bad-value 8:60 image.ready',
        'recipe.unknown-field 8:66 image.extra',
      ].toSorted(),
    );
    expect((await problemsOf(bad)).length).toBe(diagnostics.length);
  });

  it('reads what a minimal image keeps', async () => {
    const minimal = 'minimal: { packages: [thing], files: [/etc/passwd], without: ["/usr/share/doc/*"] }\n';
    const recipe = await readRecipe(write('thing', good + minimal));
    expect(recipe.minimal).toEqual({ packages: ['thing'], files: ['/etc/passwd'], without: ['/usr/share/doc/*'] });
    const bad = 'minimal: { packages: ["a b"], files: [etc/passwd, /a/../b], extra: 1 }\n';
    const { diagnostics } = await inspectRecipe(write('thing', good + bad));
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'recipe.unknown-field minimal.extra',
      'recipe.bad-value minimal.packages.0',
      'recipe.bad-value minimal.files.0',
      'recipe.bad-value minimal.files.1',
      'recipe.missing-field minimal.without',
    ]);
    const { diagnostics: others } = await inspectRecipe(write('thing', `${good}minimal: yes\n`));
    expect(others.map(({ code, path }) => `${code} ${path}`)).toEqual(['recipe.not-a-map minimal']);
  });

  it('suggests the field that was meant', async () => {
    const { diagnostics } = await inspectRecipe(write('thing', good.replace('packages:', 'package:')));
    expect(diagnostics.find(({ code }) => code === 'recipe.unknown-field')?.hint).toContain('`packages`');
  });

  it.each(['', '[]', 'text'])('refuses %j for a recipe', async (text) => {
    const { diagnostics } = await inspectRecipe(write('thing', text));
    expect(diagnostics.map(({ code }) => code)).toEqual(['recipe.not-a-map']);
  });

  it.each([
    ['a text that is too large', `summary: ${'x'.repeat(40_000)}\n${good}`, 'recipe.too-large'],
    ['brackets without end', '['.repeat(20_000), 'recipe.yaml-syntax'],
    ['lists in lists', '- '.repeat(10_000), 'recipe.yaml-syntax'],
    ['an alias', good.replace('summary: A', 'summary: &x A').replace('[80]', '*x'), 'recipe.yaml-syntax'],
    ['a row that is no image', good.replace('example.com/thing', 'example.com/Thing'), 'recipe.bad-image-name'],
    ['a row with a digest', good.replace('com/thing', `com/thing@sha256:${'0'.repeat(64)}`), 'recipe.bad-image-name'],
  ])('refuses %s', async (_what, text, code) => {
    const { diagnostics, recipe } = await inspectRecipe(write('thing', text));
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    expect(recipe).toBeUndefined();
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

describe('digestSteps', () => {
  const changeStep = (step: string): string => {
    const steps = join(folder, 'steps');
    cpSync(stepsFolder, steps, { recursive: true });
    writeFileSync(join(steps, `${step}.sh`), 'true\n');
    return steps;
  };
  const changes = (step: string): boolean[] => {
    const steps = changeStep(step);
    return (['base', 'layer', 'minimal'] as const).map(
      (kind) => JSON.stringify(digestSteps(kind, steps)) !== JSON.stringify(digestSteps(kind)),
    );
  };

  it.each([
    ['base', [true, true, true]],
    ['seal', [true, true, true]],
    ['clean', [true, true, true]],
    ['finish', [true, true, true]],
    ['in-root', [true, true, true]],
    ['install', [false, true, true]],
    ['download', [false, true, true]],
    ['survey', [false, false, true]],
    ['cut', [false, false, true]],
    ['remove', [false, false, false]],
  ])('a change of %s changes the digests of base, layers and minimal images: %j', (step, expected) => {
    expect(changes(step)).toEqual(expected);
  });

  it('has its part in the digest of a recipe', async () => {
    const small = write('small', `${good}minimal: { packages: [thing], files: [], without: [] }\n`);
    expect((await readRecipe(small, changeStep('cut'))).digest).not.toBe((await readRecipe(small)).digest);
    rmSync(join(folder, 'steps'), { recursive: true });
    const thing = write('thing', good);
    const steps = changeStep('install');
    expect((await readRecipe(thing, steps)).digest).not.toBe((await readRecipe(thing)).digest);
    expect((await readRecipe(join(folder, 'base'), steps)).digest).toBe(
      (await readRecipe(join(folder, 'base'))).digest,
    );
  });

  it('knows every step there is', () => {
    // Of no recipe: what is pulled, and what is removed.
    const others = ['remove', 'unpack', 'adopt', 'place'];
    const names = readdirSync(stepsFolder).map((file) => file.replace('.sh', ''));
    expect(names.filter((name) => !others.includes(name) && !changes(name).includes(true))).toEqual([]);
  });
});

describe('the recipes that come with Devstead', () => {
  it('are valid', async () => {
    const recipes = await listRecipes();
    expect(recipes.map((recipe) => recipe.name)).toEqual([
      'base',
      'minimal',
      'nginx',
      'nginx-ubi',
      'node',
      'postgresql',
      'python',
      'python-build',
      'python-che',
      'python-minimal',
      'python-slim',
      'redis',
      'scanner',
    ]);
    for (const recipe of recipes) expect(recipe.config.env).toHaveProperty('PATH');
  });
});

describe('listOwnRecipes', () => {
  it('reads what comes with Devstead, and keeps it until a file of it changes', async () => {
    const cache = join(folder, 'cache');
    const recipes = await listOwnRecipes(cache);
    expect(recipes).toEqual(await listRecipes());
    expect(recipes.map(({ name }) => name)).toEqual(expect.arrayContaining(['base', 'python']));
    const [name = ''] = readdirSync(join(cache, 'recipes'));
    const kept = join(cache, 'recipes', name);
    const entry = JSON.parse(readFileSync(kept, 'utf8')) as { stamp: string; value: { name: string }[] };
    const fewer = entry.value.slice(1);
    writeFileSync(kept, JSON.stringify({ ...entry, value: fewer }));
    expect(await listOwnRecipes(cache)).toEqual(fewer);
    writeFileSync(kept, JSON.stringify({ value: fewer, stamp: 'of other files' }));
    expect(await listOwnRecipes(cache)).toEqual(recipes);
  });
});
