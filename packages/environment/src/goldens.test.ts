import { existsSync, readFileSync } from 'node:fs';
import { readDevfile } from '@devstead/devfile';
import { hasErrors } from '@devstead/kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../environment.schema.json' with { type: 'json' };
import { type EnvironmentReading, readEnvironmentFromDevfile } from './from-devfile/read-environment.ts';
import { readObject } from './from-devfile/read-object.fixture.ts';
import { listLeaves } from './leaves.ts';
import { renderWhy } from './render-why.ts';
import { findValues, listPaths } from './why.ts';

const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const goldens = new URL('../goldens/', import.meta.url);
const isValid = new Ajv2020({ allErrors: true }).compile(schema);

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

async function readCorpus(path: string): Promise<EnvironmentReading> {
  const text = readFileSync(new URL(path, corpus), 'utf8');
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file: 'devfile.yaml' });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (devfile === undefined) throw new Error(`${path} cannot be read`);
  return readEnvironmentFromDevfile(devfile, { originsOf, file: 'devfile.yaml', fallbackName: 'folder' });
}

const isCorpusAbsent = !existsSync(corpus);

describe.skipIf(isCorpusAbsent)('the environment of (from the corpus beside the repository)', () => {
  it.each([seed, ...stacks])('$name is as stored, and as the schema says', async ({ name, path }) => {
    const { environment, diagnostics } = await readCorpus(path);
    const { provenance, ...values } = environment;
    expect(hasErrors(diagnostics)).toBe(false);
    expect(Object.keys(provenance).toSorted()).toEqual(listPaths(environment).toSorted());
    isValid(environment);
    expect(isValid.errors ?? []).toEqual([]);
    const text = `${JSON.stringify(values, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(new URL(`${name}.environment.json`, goldens).pathname);
  });
});

describe.skipIf(isCorpusAbsent)('the seed (from the corpus beside the repository)', () => {
  it('says where each of its values came from', async () => {
    const { environment, diagnostics } = await readCorpus(seed.path);
    expect(diagnostics).toEqual([]);
    const answers = listLeaves(environment).map(({ path, value }) => ({
      path,
      value,
      origins: environment.provenance[path] ?? [],
    }));
    expect(answers.filter(({ origins }) => origins.length === 0)).toEqual([]);
    expect(findValues(environment, 'python-dev.env.FLASK_APP')[0]?.origins).toEqual([
      expect.objectContaining({ kind: 'file', file: 'devfile.yaml', line: 38, column: 18 }),
    ]);
    await expect(renderWhy(answers)).toMatchFileSnapshot(new URL('seed-000.provenance.txt', goldens).pathname);
  });
});

describe('the schema', () => {
  it('accepts what the reader gives, and refuses keys it does not know', () => {
    const { environment } = readObject({ components: [{ name: 'a', container: { image: 'x' } }] });
    expect(isValid(environment)).toBe(true);
    expect(isValid({ ...environment, extra: 1 })).toBe(false);
    expect(isValid({ ...environment, containers: [{ ...environment.containers[0], extra: 1 }] })).toBe(false);
    expect(isValid({ ...environment, schemaVersion: 'environment/v1' })).toBe(false);
  });
});
