import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultMetadataLimits } from './limits.ts';
import { makeMetadata, makeTarGz, makeWheel, makeZip } from './make-archives.fixture.ts';
import { MetadataRefused } from './metadata-refused.ts';
import { readSdistMetadata } from './read-sdist.ts';
import { readWheelMetadata } from './read-wheel.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devstead-metadata-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function store(content: Uint8Array): Promise<string> {
  count += 1;
  const path = join(folder, String(count));
  await writeFile(path, content);
  return path;
}

const wheelName = 'six-1.0-py3-none-any.whl';
const metadataPath = 'six-1.0.dist-info/METADATA';

async function problemOf(reading: Promise<unknown>): Promise<unknown> {
  return reading.then(
    () => 'none',
    (error: unknown) => (error instanceof MetadataRefused ? error.problem : error),
  );
}

describe('readWheelMetadata', () => {
  it('reads the metadata as it is', async () => {
    const path = await store(makeWheel('six', '1.0'));
    expect(String(await readWheelMetadata(path, wheelName))).toBe(makeMetadata('six', '1.0'));
  });

  it('compares names and versions as installers do', async () => {
    const path = await store(makeZip([{ path: 'Foo.Bar-1.0_RC1.dist-info/METADATA', text: 'x' }]));
    expect(String(await readWheelMetadata(path, 'foo_bar-1.0rc1-py3-none-any.whl'))).toBe('x');
  });

  const metadata = { path: metadataPath, text: 'x' };
  it.each([
    ['no metadata', [{ path: 'six.py', text: '' }], 'missing'],
    ['metadata of another project', [{ path: 'seven-1.0.dist-info/METADATA', text: '' }], 'missing'],
    ['metadata of another version', [{ path: 'six-1.1.dist-info/METADATA', text: '' }], 'missing'],
    ['metadata deeper down', [{ path: `vendor/${metadataPath}`, text: '' }], 'missing'],
    ['metadata twice', [metadata, metadata], 'ambiguous'],
    ['metadata by two spellings', [metadata, { path: 'Six-1.0.dist-info/METADATA', text: '' }], 'ambiguous'],
    ['a path upwards', [metadata, { path: '../../etc/passwd', text: '' }], 'traversal'],
    ['a path upwards inside', [metadata, { path: 'six/../../x', text: '' }], 'traversal'],
    ['a path upwards with other slashes', [metadata, { path: '..\\x', text: '' }], 'traversal'],
    ['an absolute path', [metadata, { path: '/etc/passwd', text: '' }], 'traversal'],
    ['a path of a drive', [metadata, { path: 'C:\\x', text: '' }], 'traversal'],
    ['too much text', [{ path: metadataPath, text: 'x'.repeat(5 << 20) }], 'too-large'],
    ['more than it claims', [{ path: metadataPath, text: 'x'.repeat(5 << 20), claimedSize: 10 }], 'broken'],
    [
      'a claim of terabytes',
      [
        metadata,
        { path: 'big', text: 'x', claimedSize: 4_000_000_000 },
        { path: 'b', text: '', claimedSize: 4_000_000_000 },
      ],
      'too-large',
    ],
    ['a bomb', [metadata, { path: 'big', text: new Uint8Array(100 << 20) }], 'too-large'],
  ])('refuses a wheel with %s', async (_, items, problem) => {
    const path = await store(makeZip(items));
    expect(await problemOf(readWheelMetadata(path, wheelName))).toBe(problem);
  });

  it('refuses too many entries', async () => {
    const path = await store(makeZip(Array.from({ length: 20 }, (_, each) => ({ path: `f${each}`, text: '' }))));
    expect(await problemOf(readWheelMetadata(path, wheelName, { ...defaultMetadataLimits, entries: 19 }))).toBe(
      'too-large',
    );
  });

  it('refuses what is no archive, or cut off, or changed, and never fails otherwise', async () => {
    const whole = makeWheel('six', '1.0', [{ path: 'random', text: randomBytes(2000) }]);
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const changed = Buffer.from(whole);
        for (const [place, value] of changes) changed[place] = value;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(broken, async (content) => {
        const path = await store(content);
        const problem = await problemOf(readWheelMetadata(path, wheelName));
        await rm(path);
        expect(typeof problem).toBe('string');
      }),
      { numRuns: 150 },
    );
  });
});

describe('readSdistMetadata', () => {
  const info = makeMetadata('six', '1.0');
  const file = (name: string, content = info) => [{ name, type: 'file' as const }, content] as const;

  it('reads PKG-INFO of the top folder', async () => {
    const path = await store(
      await makeTarGz([file('six-1.0/six.egg-info/PKG-INFO', 'no'), file('./six-1.0/PKG-INFO')]),
    );
    expect(String(await readSdistMetadata(path, 'six-1.0.tar.gz'))).toBe(info);
    const zip = await store(makeZip([{ path: 'six-1.0/PKG-INFO', text: info }]));
    expect(String(await readSdistMetadata(zip, 'six-1.0.zip'))).toBe(info);
  });

  it('finds nothing where there is nothing, or in other packings', async () => {
    const path = await store(await makeTarGz([file('six-1.0/six.py')]));
    expect(await readSdistMetadata(path, 'six-1.0.tar.gz')).toBeUndefined();
    expect(await readSdistMetadata(path, 'six-1.0.tar.bz2')).toBeUndefined();
  });

  it.each([
    ['PKG-INFO twice', [file('six-1.0/PKG-INFO'), file('six-1.0/PKG-INFO')], 'ambiguous'],
    ['a path upwards', [file('six-1.0/PKG-INFO'), file('six-1.0/../../x')], 'traversal'],
    ['an absolute path', [file('six-1.0/PKG-INFO'), file('/etc/passwd')], 'traversal'],
    [
      'PKG-INFO that is a link',
      [[{ name: 's/PKG-INFO', type: 'symlink', linkname: '/etc/passwd' }, ''] as const],
      'broken',
    ],
    ['a device', [[{ name: 's/x', type: 'character-device' }, ''] as const], 'traversal'],
    ['too much text', [file('six-1.0/PKG-INFO', 'x'.repeat(5 << 20))], 'too-large'],
    ['a bomb behind the metadata', [file('six-1.0/PKG-INFO'), file('six-1.0/x', '\0'.repeat(100 << 20))], 'too-large'],
  ] as const)('refuses one with %s', async (_, items, problem) => {
    const path = await store(await makeTarGz(items));
    expect(await problemOf(readSdistMetadata(path, 'six-1.0.tar.gz'))).toBe(problem);
  });

  it('refuses an extended header of many megabytes before it is gathered', async () => {
    const header = Buffer.alloc(512);
    header.write('x', 0);
    header.write('0000644\0', 100);
    header.write((1 << 30).toString(8).padStart(11, '0'), 124);
    header.write('        ', 148);
    header.write('x', 156);
    header.write('ustar\u000000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const path = await store(gzipSync(Buffer.concat([header, Buffer.alloc(60 << 20, 'a')])));
    expect(await problemOf(readSdistMetadata(path, 'six-1.0.tar.gz'))).toBe('broken');
  });

  it('refuses what is no archive, or cut off, or changed, and never fails otherwise', async () => {
    const whole = await makeTarGz([file('six-1.0/PKG-INFO'), file('six-1.0/x', randomBytes(1000).toString('hex'))]);
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc.uint8Array({ maxLength: 1500 }).map((content) => gzipSync(content)),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([place, value]) => {
        const changed = Buffer.from(whole);
        changed[place] = value;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(broken, async (content) => {
        const path = await store(content);
        const problem = await problemOf(readSdistMetadata(path, 'six-1.0.tar.gz'));
        await rm(path);
        expect(typeof problem).toBe('string');
      }),
      { numRuns: 150 },
    );
  });
});
