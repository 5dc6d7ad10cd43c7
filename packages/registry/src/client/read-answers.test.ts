import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderIndex } from '../catalog/render-index.ts';
import { makeDevfile, TemporaryFolder } from '../make-stacks.fixture.ts';
import { readStacks } from '../read/read-stacks.ts';
import { readIndex } from './read-index.ts';
import { unpackArchive } from './unpack-archive.ts';

describe('readIndex', () => {
  it('reads what a registry of ours renders, to the same', async () => {
    using folder = new TemporaryFolder().write({
      'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0', { metadata: '  tags: [Go]\n' }),
      'stacks/go/a.txt': 'a',
    });
    const { stacks } = await readStacks(folder.path);
    const entries = stacks.map(({ entry }) => entry);
    expect(readIndex(renderIndex(entries))).toEqual(entries);
  });

  it('takes an entry of the old form for its one version', () => {
    const old = JSON.stringify([{ name: 'go', version: '1.0.0', links: { self: 'devfile-catalog/go:1.0.0' } }]);
    expect(readIndex(old)).toMatchObject([
      {
        name: 'go',
        type: 'stack',
        versions: [{ version: '1.0.0', default: true, links: { self: 'devfile-catalog/go:1.0.0' } }],
      },
    ]);
  });

  it.each([
    ['{"status":"No stacks or samples found in the registry"}', []],
    ['[]', []],
    ['{"error":"x"}', undefined],
    ['null', undefined],
    ['7', undefined],
    ['<html>', undefined],
  ])('of %s is %j', (text, expected) => expect(readIndex(text)).toEqual(expected));

  it('makes entries of the right shape of any JSON, and pollutes nothing', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'name',
            'type',
            'versions',
            'version',
            'tags',
            'links',
            'git',
            'remotes',
            '__proto__',
            'icon',
          ),
          tie('any'),
          {
            maxKeys: 5,
          },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value), (list) => {
        for (const entry of readIndex(JSON.stringify(list)) ?? []) {
          expect([typeof entry.name, ['stack', 'sample'].includes(entry.type)]).toEqual(['string', true]);
          for (const version of entry.versions ?? []) expect(typeof version.version).toBe('string');
          for (const tag of entry.tags ?? []) expect(typeof tag).toBe('string');
        }
        expect(Object.hasOwn(Object.prototype, 'name')).toBe(false);
      }),
    );
  });
});

describe('unpackArchive', () => {
  it('ends on any bytes, with plain paths or an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (bytes, isPacked) => {
        const archive = Buffer.from(bytes);
        const files = await unpackArchive(isPacked ? gzipSync(archive) : archive).catch(() => []);
        expect(files.filter(({ path }) => path.startsWith('/') || path.split('/').includes('..'))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
