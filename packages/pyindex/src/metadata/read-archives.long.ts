import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { makeTarGz, makeZip } from './make-archives.fixture.ts';
import { MetadataRefused } from './metadata-refused.ts';
import { mutateBytes } from './mutate-bytes.fixture.ts';
import { parseMetadata } from './parse-metadata.ts';
import { readSdistMetadata } from './read-sdist.ts';
import { readWheelMetadata } from './read-wheel.ts';

const runs = 30_000;
const longestMs = 2000;
const text = `Metadata-Version: 2.1\nName: six\nVersion: 1.0\nRequires-Dist: a; extra == "x"\n\nAbout it.\n`;

describe('archives that are nearly right', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What became of the bytes as a file of that name; anything but metadata or a refusal is thrown. */
  const read = async (filename: string, bytes: Buffer): Promise<string> => {
    const path = join(folder, filename);
    writeFileSync(path, bytes);
    try {
      const found = filename.endsWith('.whl')
        ? await readWheelMetadata(path, filename)
        : await readSdistMetadata(path, filename);
      if (found !== undefined) parseMetadata(found);
      return 'read';
    } catch (error) {
      if (error instanceof MetadataRefused) return error.problem;
      throw error;
    }
  };

  const wheel = makeZip([
    { path: 'six.py', text: 'x = 1\n'.repeat(50) },
    { path: 'six-1.0.dist-info/METADATA', text },
    { path: 'six-1.0.dist-info/RECORD', text: 'six.py,,\n' },
  ]);
  const sdist = makeTarGz([
    [{ name: 'six-1.0/six.py' }, 'x = 1\n'],
    [{ name: 'six-1.0/PKG-INFO' }, text],
  ]);
  it.each([
    ['six-1.0-py3-none-any.whl', () => wheel],
    ['six-1.0.zip', () => makeZip([{ path: 'six-1.0/PKG-INFO', text }])],
    ['six-1.0.tar.gz', () => sdist],
    ['six-1.0.tar', async () => gunzipSync(await sdist)],
  ])('%s is read or refused, and soon', async (filename, make) => {
    const original = await make();
    expect(await read(filename, original)).toBe('read');
    await fc.assert(
      fc.asyncProperty(mutateBytes(original), async (bytes) => {
        const began = performance.now();
        await read(filename, bytes);
        expect(performance.now() - began).toBeLessThan(longestMs);
      }),
      { numRuns: runs },
    );
  });

  it('metadata is read or refused', () => {
    const began = performance.now();
    fc.assert(
      fc.property(mutateBytes(Buffer.from(text)), (bytes) => {
        try {
          parseMetadata(bytes);
        } catch (error) {
          if (!(error instanceof MetadataRefused)) throw error;
        }
      }),
      { numRuns: runs * 10 },
    );
    expect(performance.now() - began).toBeLessThan(runs * 10);
  });
});
