import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { hasErrors } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { renderIndex } from '../catalog/render-index.ts';
import { shippedFolder } from '../shipped.ts';
import { readStacks } from './read-stacks.ts';

const corpus = fileURLToPath(new URL('../../../../../shared/corpus', import.meta.url));
const isThere = existsSync(corpus);

type Json = Readonly<Record<string, unknown>>;

async function makeIndex(folder: string): Promise<readonly Json[]> {
  const { stacks } = await readStacks(folder);
  return JSON.parse(renderIndex(stacks.map(({ entry }) => entry))) as readonly Json[];
}

function readJson(path: string): readonly Json[] {
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Json[];
}

describe.skipIf(!isThere)(
  `the index of the official server's tests${isThere ? '' : ' (no corpus beside this repository)'}`,
  () => {
    const registry = `${corpus}/registry-server/generator/tests/registry`;

    it('is made as the generator makes it', async () => {
      const index = await makeIndex(registry);
      expect(index).toEqual(readJson(`${registry}/index_main.json`));
    });

    it('differs from the one that its server is tested with by listed members alone', async () => {
      const older = `${corpus}/registry-server/server/tests/registry`;
      const index = await makeIndex(older);
      const expected = readJson(`${older}/index_main.json`);
      // That one was written by hand, before some members were there, and not made of the devfiles beside it.
      const differences = new Set(expected.flatMap((entry) => listDifferences(findLike(entry, index), entry)));
      expect([...differences].toSorted()).toEqual([
        // No group of commands was told.
        'commandGroups',
        // The devfiles name no icons.
        'icon',
        'lastModified',
        // Of one stack those of all versions, and not of the default one.
        'tags',
      ]);
      expect(index).toHaveLength(expected.length);
    });

    it.each(['registry', 'registry-server/generator/tests/registry'])('of %s has no errors', async (folder) => {
      const { stacks, diagnostics } = await readStacks(`${corpus}/${folder}`);
      expect(stacks.length).toBeGreaterThan(10);
      expect(diagnostics.filter((diagnostic) => hasErrors([diagnostic]))).toEqual([]);
    });
  },
);

function findLike({ name, version }: Json, list: readonly Json[]): Json | undefined {
  return list.find((each) => each['name'] === name && each['version'] === version);
}

/** The names of the members that differ, of entries and their versions. */
function listDifferences(ours: Json | undefined, theirs: Json): readonly string[] {
  if (ours === undefined) return ['missing'];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap((key) => {
    if (key !== 'versions') return isDeepStrictEqual(ours[key], theirs[key]) ? [] : [key];
    const versions = ours['versions'] as readonly Json[];
    return (theirs['versions'] as readonly Json[]).flatMap((version) =>
      listDifferences(
        versions.find((each) => each['version'] === version['version']),
        version,
      ),
    );
  });
}

describe('the stacks that are shipped', () => {
  it('have no errors, and only say that nobody is named for support', async () => {
    const { stacks, diagnostics } = await readStacks(shippedFolder);
    expect(stacks.map(({ entry }) => entry.name)).toEqual([
      'company-python-stack',
      'go',
      'java-maven',
      'nodejs',
      'python-django',
      'python-fastapi',
      'python-flask-postgresql-redis',
    ]);
    expect(diagnostics.filter(({ message }) => message !== 'supportUrl is not set')).toEqual([]);
  });
});
