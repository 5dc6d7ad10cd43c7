import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDevfile1, readDevfile, readDevfile1 } from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile, readEnvironmentFromDevfile1 } from '@devstead/environment';
import { hasErrors } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { listRecipes } from '../images/recipe.ts';
import { standInFor } from '../images/rewrite.ts';
import { choosePorts } from '../workspace/choose-ports.ts';
import { nothing } from './environment.fixture.ts';
import { planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';
import { resolveContainers } from './resolve-container.ts';
import { findStackImage } from './stack-images.fixture.ts';

const corpus = new URL('../../../../../shared/corpus/', import.meta.url);
const goldens = new URL('../../goldens/', import.meta.url);

const seed = { name: 'seed-000', path: 'seeds/000-01.yaml' };
const stacks = [
  'python/3.1.0',
  'python/2.2.0',
  'python-django',
  'go/2.6.0',
  'go/1.3.1',
  'nodejs/2.2.1',
  'nodejs-mongodb',
  'nodejs-angular/2.2.1',
  'nodejs-nextjs/1.2.1',
  'nodejs-vue/1.2.1',
].map((stack) => ({ name: stack.replace('/', '-'), path: `registry/stacks/${stack}/devfile.yaml` }));

/** Devfiles 1.0.0 as they were shipped. */
const older = globSync('che-v1/devfiles/*/devfile.yaml', { cwd: corpus })
  .toSorted()
  .map((path) => ({ name: `devfile1/${basename(dirname(path))}`, path }));

async function readEnvironment(path: string): Promise<Environment> {
  const text = readFileSync(new URL(path, corpus), 'utf8');
  const options = { file: 'devfile.yaml', fallbackName: 'folder' };
  if (await isDevfile1(text)) {
    const read = await readDevfile1(text, options);
    const { devfile } = read;
    if (devfile === undefined) throw new Error(`${path} cannot be read`);
    return readEnvironmentFromDevfile1({ ...read, devfile }, options).environment;
  }
  const { devfile, diagnostics, originsOf } = await readDevfile(text, options);
  expect(hasErrors(diagnostics)).toBe(false);
  if (devfile === undefined) throw new Error(`${path} cannot be read`);
  return readEnvironmentFromDevfile(devfile, { ...options, originsOf }).environment;
}

/** The plan that brings a devfile of the corpus up where nothing is, on a machine with every port free. */
async function renderUp(path: string): Promise<string> {
  const environment = await readEnvironment(path);
  const recipes = await listRecipes();
  const images = new Map(
    environment.containers.map(({ image }) => {
      const recipe = standInFor(image, recipes)?.recipe;
      return [image, recipe ?? findStackImage(image)];
    }),
  );
  const specs = resolveContainers({ environment, images, projectFolder: '/work-folder/project', machineEnv: [] });
  // An endpoint keeps a port that its workspace holds: so the machine's own ports have no say here.
  const endpoints = environment.containers.flatMap((container) => container.endpoints);
  const before = Object.fromEntries(endpoints.map(({ name }, index) => [name, 20_001 + index]));
  const ports = await choosePorts(environment, {
    first: 20_001,
    before,
    taken: new Set(),
    held: before,
    includesInternal: true,
  });
  const plan = planUp({
    environment,
    specs,
    observed: nothing,
    ports,
    staleImages: [],
    pulls: {},
    runsCommands: true,
    readyTimeoutMs: 60_000,
  });
  return renderPlan(plan);
}

describe.skipIf(!existsSync(corpus))('the plan of (from the corpus beside the repository)', () => {
  it.each([seed, ...stacks, ...older])('$name is as stored', async ({ name, path }) => {
    await expect(await renderUp(path)).toMatchFileSnapshot(new URL(`${name}.plan.txt`, goldens).pathname);
  });
});
