import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runOrThrow } from '../process/run-process.ts';
import { readKnownPackages } from './known-packages.ts';
import { listRecipes } from './recipe.ts';
import { recipesFolder } from './recipes-folder.ts';
import { reviewRecipe } from './review-recipe.ts';

const good = `summary: A thing
provides: Thing 1
standsInFor: [example.com/thing]
packages: [thing]
image:
  user: "1000:0"
  env: { PATH: /usr/local/bin:/bin, HOME: /home/user }
  entrypoint: [start]
  command: [thing]
  workingDir: /
  ports: [80]
  volumes: []
  stopSignal: SIGTERM
`;

const own = await listRecipes();
let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'recipe-')), 'thing');
  write('recipe.yaml', good);
});
afterEach(() => rmSync(dirname(folder), { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function review(): Promise<string[]> {
  const { diagnostics } = await reviewRecipe(folder, 'thing', { recipes: own });
  return diagnostics.map(({ code, severity, file, line }) => `${severity} ${code} ${file}:${line}`);
}

describe('reviewRecipe', () => {
  it('finds nothing wrong with what comes with Devstead', async () => {
    for (const { folder: one } of own) {
      const { diagnostics } = await reviewRecipe(one, one, { recipes: own });
      expect(diagnostics).toEqual([]);
    }
    expect(own.length).toBeGreaterThan(5);
  });

  it('takes a program that no file of the recipe is for one of a package', async () => {
    expect(await review()).toEqual([]);
  });

  it('refuses a program that cannot be started, until it is executable', async () => {
    const program = write('root/usr/local/bin/start', '#!/bin/sh\n');
    expect(await review()).toEqual(['error recipe.not-a-program thing/recipe.yaml:8']);
    chmodSync(program, 0o755);
    expect(await review()).toEqual([]);
  });

  it('names the line that bash cannot read, and runs nothing', async () => {
    const mark = join(folder, 'mark');
    write('finish.sh', `touch ${mark}\nif true; then\nfi done\n`);
    expect(await review()).toEqual(['error recipe.script-syntax thing/finish.sh:3']);
  });

  it('points out files that no build looks at', async () => {
    write('etc/thing.conf', '');
    expect(await review()).toEqual(['warning recipe.unknown-file thing/etc/thing.conf:1']);
  });

  it('warns of a user without the group 0, and of variables that are not set', async () => {
    write(
      'recipe.yaml',
      good.replace('1000:0', '1000:1000').replace('{ PATH: /usr/local/bin:/bin, HOME: /home/user }', '{}'),
    );
    expect(await review()).toEqual([
      'warning recipe.no-any-user thing/recipe.yaml:6',
      'warning recipe.missing-variable thing/recipe.yaml:7',
      'warning recipe.missing-variable thing/recipe.yaml:7',
    ]);
  });

  it('points out rows that a recipe before it takes', async () => {
    const rows = '[example.com/thing, redis, "docker.io/library/python:3.12*", "python:3.12.1*", python:2.7]';
    write('recipe.yaml', good.replace('[example.com/thing]', rows));
    expect(await review()).toEqual([
      'warning recipe.row-hidden thing/recipe.yaml:3',
      'warning recipe.row-hidden thing/recipe.yaml:3',
    ]);
  });

  it('names packages that Debian does not have, and what may have been meant', async () => {
    const cache = dirname(folder);
    expect(await readKnownPackages(cache)).toBeUndefined();
    const lists = join(cache, 'packages/lists');
    mkdirSync(lists, { recursive: true });
    const list = 'Package: thingy\nVersion: 1\n\nPackage: other\nProvides: a-thing (= 1), thing-server\n';
    writeFileSync(join(lists, 'mirror_dists_bookworm_main_binary-amd64_Packages'), list);
    const packages = await readKnownPackages(cache);
    expect([...(packages ?? [])].toSorted()).toEqual(['a-thing', 'other', 'thing-server', 'thingy']);
    write('recipe.yaml', good.replace('[thing]\nimage', '[thing, other, thing-server]\nimage'));
    const { diagnostics } = await reviewRecipe(folder, 'thing', { recipes: own, packages });
    expect(diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'recipe.unknown-package 4:12',
    ]);
    expect(diagnostics[0]?.hint).toContain('`thingy`');
  });

  it('looks neither through a link nor into a pipe', async () => {
    rmSync(join(folder, 'recipe.yaml'));
    symlinkSync(join(recipesFolder, 'redis', 'recipe.yaml'), join(folder, 'recipe.yaml'));
    expect(await review()).toEqual(['error recipe.bad-file thing/recipe.yaml:1']);
    rmSync(join(folder, 'recipe.yaml'));
    await runOrThrow(['mkfifo', join(folder, 'recipe.yaml')], 'making a pipe');
    expect(await review()).toEqual(['error recipe.bad-file thing/recipe.yaml:1']);
  });

  it('says so when there is nothing to read', async () => {
    rmSync(folder, { recursive: true });
    expect(await review()).toEqual(['error recipe.unreadable thing:1']);
    mkdirSync(folder);
    expect(await review()).toEqual(['error recipe.unreadable thing/recipe.yaml:1']);
  });

  it('stops at a folder with more files than a recipe has', async () => {
    for (let index = 0; index < 2001; index++) write(`root/${index}`, '');
    expect(await review()).toContain('error recipe.too-large thing:1');
  });
});
