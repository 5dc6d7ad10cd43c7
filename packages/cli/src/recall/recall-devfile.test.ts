import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeDevfile } from '../judge-devfile.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { recallDevfile } from './recall-devfile.ts';

const text = 'schemaVersion: 2.2.2\nmetadata: {name: a}\nvariables: {tag: "1"}\ncomponents:\n';
const component = '  - {name: web, container: {image: "nginx:{{tag}}"}}\n';

describe('a devfile recalled', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const countKept = (): number => {
    const folder = join(repository.root, 'home/.cache/devstead/readings');
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };

  it('is what reading it gives, for each text and each value of a variable', async () => {
    const texts = [
      text + component,
      `${text}${component}  - {name: data, volume: {}}\n`,
      `${text}  - {nam: web}\n`,
      '[',
    ];
    for (const content of [...texts, ...texts.toReversed()]) {
      const devfile = repository.write('devfile.yaml', content);
      for (const variables of [{}, { tag: '2' }]) {
        const reading = { variables, isOffline: false };
        const fresh = await judgeDevfile(repository.io(), devfile, reading);
        for (let round = 0; round < 2; round += 1)
          expect(await recallDevfile(repository.io(), devfile, reading)).toEqual(JSON.parse(JSON.stringify(fresh)));
      }
    }
    expect(countKept()).toBe(1);
  });

  it.each<[string, string, (repository: TestRepository) => unknown]>([
    [
      'a parent that is not there yet',
      'schemaVersion: 2.2.2\nmetadata: {name: a}\nparent: {uri: base.yaml}\n',
      (at) => at.write('base.yaml', text + component),
    ],
    [
      'a manifest that is not there yet',
      'apiVersion: 1.0.0\nmetadata: {name: a}\ncomponents: [{type: kubernetes, alias: x, reference: x.yaml}]\n',
      (at) => at.write('x.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n'),
    ],
    [
      'a plugin that no registry has yet',
      'apiVersion: 1.0.0\nmetadata: {name: a}\ncomponents: [{type: chePlugin, alias: x, id: nobody/nothing/latest}]\n',
      (at) => Object.assign(at.env, { DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES: 'http://127.0.0.1:9' }),
    ],
  ])('is read anew while it asks for %s', async (_, content, change) => {
    const devfile = repository.write('devfile.yaml', content);
    const reading = { variables: {}, isOffline: false };
    const recall = async (): Promise<string[]> => {
      const { diagnostics } = await recallDevfile(repository.io(), devfile, reading);
      return diagnostics.map(({ code, message }) => `${code} ${message}`);
    };
    const before = await recall();
    change(repository);
    expect(await recall()).not.toEqual(before);
    expect(countKept()).toBe(0);
  });

  it('of version 1 is recalled with the plugins that Devstead has', async () => {
    const devfile = repository.write('devfile.yaml', 'apiVersion: 1.0.0\nmetadata: {name: a}\n');
    await recallDevfile(repository.io(), devfile, { variables: {}, isOffline: false });
    expect(countKept()).toBe(1);
  });

  it('is read anew while it builds on others', async () => {
    const devfile = repository.write('devfile.yaml', 'schemaVersion: 2.2.2\nparent: {uri: base.yaml}\n');
    for (const tag of ['1', '2']) {
      repository.write('base.yaml', text.replace('"1"', `"${tag}"`) + component);
      const { environment } = await recallDevfile(repository.io(), devfile, { variables: {}, isOffline: false });
      expect(environment?.containers[0]?.image).toBe(`nginx:${tag}`);
    }
    expect(countKept()).toBe(0);
  });
});
