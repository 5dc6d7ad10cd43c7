import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasErrors } from '@devstead/kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../../environment.schema.json' with { type: 'json' };
import { listPaths } from '../why.ts';
import { readText1 } from './read-text.fixture.ts';

const corpus = fileURLToPath(new URL('../../../../../shared/corpus/che-v1/devfiles/', import.meta.url));
const goldens = new URL('../../goldens/devfile1/', import.meta.url);
const files = globSync(`${corpus}*/devfile.yaml`).map((path) => ({ name: basename(dirname(path)), path }));
const isValid = new Ajv2020({ allErrors: true }).compile(schema);

describe.skipIf(files.length === 0)('the environment of (from the corpus beside the repository)', () => {
  it.each(files)('$name is as stored, and as the schema says', async ({ name, path }) => {
    const { environment, diagnostics } = await readText1(readFileSync(path, 'utf8'));
    const { provenance, ...values } = environment;
    expect(hasErrors(diagnostics)).toBe(false);
    expect(Object.keys(provenance).toSorted()).toEqual(listPaths(environment).toSorted());
    isValid(environment);
    expect(isValid.errors ?? []).toEqual([]);
    const text = `${JSON.stringify(values, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(new URL(`${name}.environment.json`, goldens).pathname);
  });
});
