import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ArchiveFilter, chooseForVolume } from './archive-filter.ts';
import { FolderWriter, type WrittenItem } from './folder-writer.ts';
import { archive, entry, hostileArchives, plain, root, sampleLimits } from './hostile-archives.fixture.ts';
import { OpenFolder } from './open-folder.ts';
import { type TarEntry } from './tar-header.ts';
import { TarReader } from './tar-reader.ts';

/** A place to unpack in, and beside it what must not change. */
function makePlace(): { readonly outer: string; readonly inner: string } {
  const outer = mkdtempSync(join(tmpdir(), 'devstead-hostile-'));
  onTestFinished(() => rmSync(outer, { recursive: true, force: true }));
  const inner = join(outer, 'inner');
  mkdirSync(inner);
  return { outer, inner };
}

function unpack(bytes: Buffer, inner: string): WrittenItem {
  const folder = OpenFolder.open(inner);
  const writer = new FolderWriter(folder, 'item', sampleLimits);
  const reader = new TarReader(writer);
  try {
    // In pieces that do not end where blocks do.
    for (let at = 0; at < bytes.length; at += 777) reader.write(bytes.subarray(at, at + 777));
    reader.end();
    return writer.finish();
  } finally {
    writer.close();
    folder.close();
  }
}

function filter(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  const archiveFilter = new ArchiveFilter({
    limits: sampleLimits,
    choose: chooseForVolume,
    emit: (part) => parts.push(Buffer.from(part)),
  });
  const reader = new TarReader(archiveFilter);
  for (let at = 0; at < bytes.length; at += 777) reader.write(bytes.subarray(at, at + 777));
  reader.end();
  archiveFilter.finish();
  return Buffer.concat(parts);
}

function listEntries(bytes: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader({
    entry: (each) => entries.push(each),
    body: () => undefined,
    bodyEnd: () => undefined,
  });
  reader.write(bytes);
  reader.end();
  return entries;
}

/** All paths below a folder; links are not followed. */
function walk(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((found) => {
    const path = join(prefix, found.name);
    return found.isDirectory() ? [path, ...walk(folder, path)] : [path];
  });
}

/** What came of it: its own word, or that the archive was refused; any other error is a fault. */
function attempt(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'ARCHIVE_REFUSED') return 'refused';
    throw error;
  }
}

/** Paths below a folder that lead to something that is not in it. */
function findLeadsOut(folder: string): string[] {
  const inside = walk(folder).map((path) => lstatSync(join(folder, path)).ino);
  return walk(folder).filter((path) => {
    const target = stat(join(folder, path));
    return target !== undefined && !inside.includes(target);
  });
}

const refused = expect.objectContaining({ code: 'ARCHIVE_REFUSED' });

describe('threats 12 and 13: a hostile archive that is copied out of a container', () => {
  it('there are more than 40 of them', () => {
    expect(hostileArchives.length).toBeGreaterThan(40);
    expect(new Set(hostileArchives.map(({ name }) => name)).size).toBe(hostileArchives.length);
  });

  it.each(hostileArchives)('$name: $asCopy', ({ bytes, asCopy }) => {
    const { outer, inner } = makePlace();
    const outcome = attempt(() => (unpack(bytes, inner).skipped.length > 0 ? 'left out' : 'harmless'));
    expect(outcome).toBe(asCopy);
    expect(readdirSync(outer)).toEqual(['inner']);
    expect(readdirSync(inner).filter((name) => name !== 'item')).toEqual([]);
    expect(existsSync('/tmp/devstead-out')).toBe(false);
    for (const path of walk(inner)) {
      const found = lstatSync(join(inner, path));
      expect(found.mode & 0o7000, path).toBe(0);
      expect(found.isFile() || found.isDirectory() || found.isSymbolicLink(), path).toBe(true);
      // Whatever a link that was kept leads to lies inside, or is not there.
    }
    expect(findLeadsOut(inner)).toEqual([]);
  });
});

describe('threats 12 and 13: a hostile archive that is restored as a volume', () => {
  it.each(hostileArchives)('$name: $asVolume', ({ bytes, asVolume }) => {
    let passed: Buffer = Buffer.alloc(1024);
    const outcome = attempt(() => {
      passed = filter(bytes);
      return 'harmless';
    });
    expect(outcome).toBe(asVolume);
    for (const { path, type, mode, uid } of listEntries(passed)) {
      expect(path.split('/')).not.toContain('..');
      expect(path.startsWith('/')).toBe(false);
      expect(['file', 'folder', 'symlink', 'hardlink', 'fifo']).toContain(type);
      expect(mode & 0o4000).toBe(0);
      expect(uid).toBeLessThan(65_536);
    }
  });
});

describe('threat 12: any archive', () => {
  const names = fc.stringMatching(/^[ab./]{1,6}$/);
  const entries = fc.array(
    fc.record({
      type: fc.constantFrom('file' as const, 'folder' as const, 'symlink' as const, 'hardlink' as const),
      path: names,
      link: names,
    }),
    { maxLength: 8 },
  );

  it('is refused, or lies in its folder with every link', () => {
    fc.assert(
      fc.property(entries, (some) => {
        const outer = mkdtempSync(join(tmpdir(), 'devstead-any-'));
        try {
          const inner = join(outer, 'inner');
          mkdirSync(inner);
          const parts = some.map(({ type, path, link }) =>
            entry({ type, path, link: type.endsWith('link') ? link : '' }),
          );
          expect(['refused', 'unpacked']).toContain(
            attempt(() => {
              unpack(archive(...parts), inner);
              return 'unpacked';
            }),
          );
          expect(readdirSync(outer)).toEqual(['inner']);
          expect(findLeadsOut(inner)).toEqual([]);
        } finally {
          rmSync(outer, { recursive: true });
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** The inode that a path leads to; undefined when it leads nowhere or in circles. */
function stat(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

describe('a harmless archive', () => {
  it('is unpacked with modes, times, links and names of any bytes', () => {
    const { inner } = makePlace();
    const written = unpack(
      archive(
        entry({ type: 'folder', path: 'sub', mode: 0o700, mtime: 1_600_000_000 }),
        entry({ path: 'sub/run', mode: 0o755, mtime: 1_500_000_000 }, 'text'),
        entry({ type: 'symlink', path: 'sub/link', link: '../sub/run' }),
        entry({ type: 'hardlink', path: 'twice', link: 'sub/run' }),
        entry({ path: 'latin-\u00e9' }, 'x'),
        entry({ path: `${'n'.repeat(120)}/deep` }, 'y'),
      ),
      inner,
    );
    expect(written).toMatchObject({ type: 'folder', skipped: [], bytes: 6 });
    const item = join(inner, 'item');
    expect(statSync(join(item, 'sub')).mode & 0o777).toBe(0o700);
    expect(statSync(join(item, 'sub')).mtimeMs).toBe(1_600_000_000_000);
    expect(statSync(join(item, 'sub/link')).ino).toBe(statSync(join(item, 'twice')).ino);
    expect(statSync(join(item, 'sub/run')).mode & 0o777).toBe(0o755);
    expect(readdirSync(item, { encoding: 'latin1' })).toContain('latin-\u00e9');
    expect(existsSync(join(item, 'n'.repeat(120), 'deep'))).toBe(true);
  });

  it('of one file is unpacked as that file, and refuses another one', () => {
    const { inner } = makePlace();
    const bytes = Buffer.concat([entry({ path: './name' }, 'text'), Buffer.alloc(1024)]);
    expect(unpack(bytes, inner)).toMatchObject({ type: 'file', bytes: 4 });
    rmSync(join(inner, 'item'));
    expect(() => unpack(Buffer.concat([entry({ path: 'a' }), entry({ path: 'b' })]), inner)).toThrow(refused);
  });

  it('is written anew in one plain form, hard links in their places', () => {
    const again = listEntries(
      filter(archive(entry({ path: './a//b' }, 'x'), entry({ type: 'hardlink', path: 'c', link: './a/b' }))),
    );
    expect(again.map(({ path, link }) => [path, link])).toEqual([
      ['./', ''],
      ['a/b', ''],
      ['c', 'a/b'],
    ]);
    expect(root.length).toBe(512);
    expect(plain.type).toBe('file');
  });
});
