import { listRecipes, openStore } from '@devstead/runtime/images';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { readSettings } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead image', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  /** A record as a build leaves it, without its layers' content. */
  const writeImage = async (name: string, recipeDigest?: string): Promise<void> => {
    const recipe = (await listRecipes()).find((candidate) => candidate.name === name);
    if (recipe === undefined) throw new Error(`no recipe ${name}`);
    const store = openStore(readSettings(repository.io()).stateFolder);
    store.write({
      format: 1,
      name,
      digest: `sha256:${'a'.repeat(64)}`,
      layers: [],
      config: recipe.config,
      packages: [{ name: 'bash', version: '5' }],
      recipeDigest: recipeDigest ?? recipe.digest,
      sizeBytes: 2 ** 20,
      createdAt: '2025-01-01T00:00:00.000Z',
    });
  };

  it('list shows every recipe and whether its image is up to date', async () => {
    await writeImage('python');
    await writeImage('redis', 'sha256:older');
    const { code, stdout } = await repository.call(['image', 'list', '-o', 'json']);
    expect(code).toBe(0);
    const { images } = expectSchema('image-list', stdout) as {
      images: readonly { readonly name: string; readonly state: string }[];
    };
    expect(Object.fromEntries(images.map(({ name, state }) => [name, state]))).toMatchObject({
      base: 'missing',
      python: 'ready',
      redis: 'outdated',
    });
    expect(images.find(({ name }) => name === 'python')).toMatchObject({ packageCount: 1, sizeBytes: 2 ** 20 });
  });

  it('build leaves what is up to date', async () => {
    for (const { name } of await listRecipes()) await writeImage(name);
    const { code, stdout, stderr } = await repository.call(['image', 'build', '--all', '-o', 'json']);
    expect([code, stderr]).toEqual([0, '']);
    const { images } = expectSchema('image-build', stdout) as { images: readonly { readonly isNew: boolean }[] };
    expect(images.length).toBe((await listRecipes()).length);
    expect(images.some(({ isNew }) => isNew)).toBe(false);
  });

  it('rm removes an image', async () => {
    await writeImage('python');
    const { code, stdout } = await repository.call(['image', 'rm', 'python', '-o', 'json']);
    expect(code).toBe(0);
    expect(expectSchema('image-rm', stdout)).toEqual({ schemaVersion: 'image-rm/v1', removed: ['python'] });
    expect((await repository.call(['image', 'rm', 'python'])).code).toBe(1);
  });

  it.each([
    [['image', 'build'], 2],
    [['image', 'build', 'python', '--all'], 2],
    [['image', 'build', 'nothing'], 1],
    [['image', 'rm'], 2],
    [['image', 'rm', '--all'], 0],
    [['image'], 2],
    [['image', 'paint'], 2],
  ])('%j ends with %d', async (argv, code) => {
    expect((await repository.call(argv)).code).toBe(code);
  });

  it('inspect, tag and diff tell of images', async () => {
    await writeImage('python');
    await writeImage('python-slim');
    const tagged = await repository.call(['image', 'tag', 'python', 'team/app:1', '--output', 'json']);
    expect(expectSchema('image-tag', tagged.stdout)).toMatchObject({
      images: [{ reference: 'docker.io/team/app:1', digest: `sha256:${'a'.repeat(64)}` }],
    });
    const inspected = await repository.call(['image', 'inspect', 'team/app:1', '--output', 'json']);
    expect(expectSchema('image-inspect', inspected.stdout)).toMatchObject({
      image: { origin: { reference: 'docker.io/team/app:1', from: 'the recipe python' }, packages: [{ name: 'bash' }] },
    });
    const compared = await repository.call(['image', 'diff', 'python', 'python-slim', '--output', 'json']);
    expect(expectSchema('image-diff', compared.stdout)).toMatchObject({
      sizeChange: 0,
      packages: { added: [], removed: [], changed: [] },
    });
    expect((await repository.call(['image', 'tag', 'python', 'No Name'])).code).toBe(2);
    expect((await repository.call(['image', 'inspect', 'nothing'])).code).toBe(1);
  });
});
