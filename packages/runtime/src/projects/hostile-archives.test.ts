import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { archiveLimits } from './archive-limits.ts';
import { extractArchive } from './extract-archive.ts';
import { fileMode, linkMode, type WrittenEntry, writeZip } from './zip-archive.fixture.ts';

const limits = { ...archiveLimits, entries: 200, totalBytes: 1 << 20, freeBytes: 1 << 16, ratio: 50 };

const plain = { name: 'shop/README', data: 'hello' };
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);
const link = (name: string, target: string): WrittenEntry => ({ name, data: target, mode: linkMode });
const special = (mode: number): WrittenEntry => ({ name: 'shop/odd', mode: mode | 0o644 });
/** Info-ZIP's extra field with another name for the entry (APPNOTE 4.6.9). */
const unicodePath = (name: string, written: string): Buffer => {
  const text = Buffer.from(name);
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + text.length, 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(crcOf(written), 5);
  return Buffer.concat([field, text]);
};

/** Each archive that must be refused, with what it would do. */
const hostile: readonly (readonly [string, readonly WrittenEntry[] | Buffer])[] = [
  // Paths that lead elsewhere.
  ['climbs out', [{ name: '../evil' }]],
  ['climbs out from within', [plain, { name: 'shop/../../evil' }]],
  ['climbs out after a folder', [plain, { name: 'shop/a/../../../evil' }]],
  ['climbs out at the end', [plain, { name: 'shop/..' }]],
  ['climbs out as a folder', [plain, { name: '../evil/', mode: 0o040755 }]],
  ['climbs out with backslashes', [plain, { name: '..\\evil' }]],
  ['climbs out with both slashes', [plain, { name: 'shop\\..\\../evil' }]],
  ['goes to a sibling with the same beginning', [plain, { name: '../project_x/evil' }]],
  ['has an absolute path', [plain, { name: '/etc/cron.d/evil' }]],
  ['has an absolute path with two slashes', [plain, { name: '//etc/evil' }]],
  ['has an absolute path with a backslash', [plain, { name: '\\etc\\evil' }]],
  ['has a drive', [plain, { name: 'C:/evil' }]],
  ['has a drive and a backslash', [plain, { name: 'c:\\evil' }]],
  ['has a drive without a slash', [plain, { name: 'C:evil' }]],
  ['has another name in an extra field', [plain, { name: 'good', flags: 0, extra: unicodePath('../evil', 'good') }]],
  ['writes into Git’s folder', [plain, { name: 'shop/.git/config', data: '[core]\n\tfsmonitor = touch /tmp/x' }]],
  ['writes Git’s file', [plain, { name: 'shop/.git', data: 'gitdir: /tmp/evil' }]],
  ['writes into Git’s folder in capitals', [plain, { name: 'shop/.GIT/hooks/post-checkout', mode: 0o100755 }]],
  ['writes into Git’s folder of a folder', [plain, { name: 'shop/a/.Git/config' }]],
  // Names that are none.
  ['has a name with NUL', [plain, { name: 'shop/a\0.txt' }]],
  ['has a name with a line feed', [plain, { name: 'shop/a\nb' }]],
  ['has a name that a terminal obeys', [plain, { name: 'shop/\u001b[2Ja' }]],
  ['has a name with C1 characters', [plain, { name: 'shop/\u009b2J' }]],
  ['has a name with DEL', [plain, { name: 'shop/\u007f' }]],
  ['has no name', [plain, { name: '' }]],
  ['has a name of a dot', [plain, { name: '.' }]],
  ['has an overlong name', [plain, { name: `shop/${'a'.repeat(256)}` }]],
  ['has an overlong name in bytes', [plain, { name: `shop/${'ä'.repeat(128)}` }]],
  ['has an overlong path', [plain, { name: `shop/${'abcdefgh/'.repeat(60).repeat(5)}x` }]],
  ['is deeper than 64 folders', [plain, { name: `${'a/'.repeat(64)}x` }]],
  // Links.
  ['links to an absolute path', [plain, link('shop/l', '/etc/passwd')]],
  ['links out', [plain, link('shop/l', '../evil')]],
  ['links out from a folder', [plain, link('shop/a/l', '../../evil')]],
  ['links out over a name', [plain, link('shop/l', 'a/../../evil')]],
  ['links out over another link', [plain, link('shop/here', '.'), link('shop/l', 'here/../../evil')]],
  ['links to the folder above', [plain, link('shop/l', '..')]],
  ['links into Git’s folder', [plain, link('shop/l', '.git/hooks')]],
  ['links to nothing', [plain, link('shop/l', '')]],
  ['links with NUL', [plain, link('shop/l', 'a\0/etc')]],
  ['links with a backslash', [plain, link('shop/l', '..\\evil')]],
  ['links with too long a target', [plain, link('shop/l', 'a/'.repeat(2000))]],
  ['writes through a link', [plain, link('shop/l', 'a'), { name: 'shop/l/evil', data: 'x' }]],
  ['writes through a link that comes later', [plain, { name: 'shop/l/evil', data: 'x' }, link('shop/l', 'a')]],
  ['has a link for its top folder', [link('shop', '/tmp'), { name: 'shop/evil', data: 'x' }]],
  ['has a link with a slash at its end', [plain, { name: 'shop/l/', data: '/tmp', mode: linkMode }]],
  // The same twice.
  ['has a file twice', [plain, plain]],
  ['has a file twice by another spelling', [plain, { name: 'shop/./README' }]],
  ['has a file twice by two slashes', [plain, { name: 'shop//README' }]],
  ['has a file and a link of one name', [plain, link('shop/README', 'a')]],
  ['has a link and then a file of one name', [plain, link('shop/l', 'README'), { name: 'shop/l', data: 'x' }]],
  ['has a file and a folder of one name', [plain, { name: 'shop/README/', mode: 0o040755 }]],
  ['has a file below a file', [plain, { name: 'shop/README/x' }]],
  // What is no file.
  ['has a character device', [plain, special(0o020000)]],
  ['has a block device', [plain, special(0o060000)]],
  ['has a pipe', [plain, special(0o010000)]],
  ['has a socket', [plain, special(0o140000)]],
  ['has a type that no system has', [plain, special(0o150000)]],
  ['has a device with a slash at its end', [plain, { name: 'shop/odd/', mode: 0o020644 }]],
  ['has a folder with content', [plain, { name: 'shop/a/', mode: 0o040755, data: 'x' }]],
  // Bombs.
  ['unpacks to too much in one file', [plain, { name: 'shop/big', data: zeros((1 << 20) + 1), method: 0 }]],
  [
    'unpacks to too much in many files',
    Array.from({ length: 40 }, (_, n) => ({ name: `shop/${n}`, data: zeros(30_000), method: 0 })),
  ],
  ['unpacks to many times its size', [plain, { name: 'shop/zeros', data: zeros(900_000) }]],
  [
    'uses the same data for many files',
    [
      { name: 'shop/0', data: zeros(500_000) },
      ...Array.from({ length: 9 }, (_, n) => ({ name: `shop/${n + 1}`, data: zeros(500_000), offset: 0 })),
    ],
  ],
  ['has too many entries', Array.from({ length: 201 }, (_, n) => ({ name: `shop/${n}` }))],
  ['says it has more entries than it has', writeZip([plain], { entryCount: 60_000 })],
  ['says it unpacks to less than it does', [plain, { name: 'shop/liar', data: zeros(900_000), size: 10 }]],
  ['says it unpacks to more than it does', [plain, { name: 'shop/liar', data: 'x', size: 1000 }]],
  ['says it is 4 GiB', [plain, { name: 'shop/liar', data: 'x', size: 0xffff_fffe }]],
  // Damage.
  ['has a wrong checksum', [plain, { name: 'shop/broken', data: 'x', crc: 1 }]],
  ['has data that is not packed', [plain, { name: 'shop/broken', data: 'not deflated', method: 0, compressedSize: 5 }]],
  ['is encrypted', [plain, { name: 'shop/secret', flags: 0x801 }]],
  ['is packed by another method', [plain, { name: 'shop/lzma', method: 14 }]],
  ['has its data outside of the file', [plain, { name: 'shop/lost', data: 'x', offset: 1 << 30 }]],
  ['has its directory outside of the file', writeZip([plain], { directoryOffset: 1 << 30 })],
  ['ends in the middle', writeZip([plain, { name: 'shop/more', data: 'x' }]).subarray(0, -30)],
  ['has lost its beginning', writeZip([plain, { name: 'shop/more', data: 'x' }]).subarray(40)],
  ['is no archive', Buffer.from('<html>not found</html>')],
  ['is empty', Buffer.alloc(0)],
];

function crcOf(text: string): number {
  let sum = ~0;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  }
  return ~sum >>> 0;
}

/** Unpacks into `project` of a folder that shows whether anything was written beside it. */
async function unpack(
  content: Buffer | readonly WrittenEntry[],
  options: { subDir?: string } = {},
): Promise<{ error: unknown; target: string; root: string }> {
  const root = makeTemporaryFolder();
  const box = join(root, 'a', 'b');
  mkdirSync(join(root, 'a'));
  mkdirSync(box);
  const archive = join(root, 'archive.zip');
  writeFileSync(archive, Buffer.isBuffer(content) ? content : writeZip(content as readonly WrittenEntry[]));
  const target = join(box, 'project');
  let error: unknown;
  await extractArchive(archive, target, { limits, ...options }).catch((thrown: unknown) => {
    error = thrown;
  });
  return { error, target, root };
}

function listAll(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

describe('an archive from outside (threats 12 and 13)', () => {
  it('is tried in more than forty hostile forms', () => {
    expect(hostile.length).toBeGreaterThan(60);
    expect(new Set(hostile.map(([what]) => what)).size).toBe(hostile.length);
  });

  it.each(hostile)('that %s is refused, and nothing is written outside', async (_what, content) => {
    const { error, target, root } = await unpack(content);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('ARCHIVE_REFUSED');
    expect((error as AppError).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    const outside = listAll(root).filter((path) => !path.startsWith('a/b/project'));
    expect(outside).toEqual(['a', 'a/b', 'archive.zip']);
    if (!existsSync(target)) return;
    // What was written before a lie showed is plain, and the caller removes it.
    for (const path of listAll(target)) expect(lstatSync(join(target, path)).isSymbolicLink()).toBe(false);
  });

  it('of any names and kinds is refused or stays inside', async () => {
    const word = fc.constantFrom('a', 'b', '..', '.', '', 'c:', '.git', 'ä', '\\', '~', 'a\0b', ' ');
    const path = fc.array(word, { maxLength: 5 }).map((words) => words.join('/'));
    const entry = fc.record({
      name: path,
      data: fc.oneof(path, fc.constant('text')),
      mode: fc.constantFrom(fileMode, linkMode, 0o040755, 0, 0o104755),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const { error, target, root } = await unpack(entries);
        expect(listAll(root).filter((found) => !found.startsWith('a/b/project'))).toEqual(['a', 'a/b', 'archive.zip']);
        expect(error === undefined || error instanceof AppError).toBe(true);
        const made = error === undefined ? listAll(target) : [];
        const stats = made.map((path) => ({ path, stat: lstatSync(join(target, path)) }));
        expect(stats.filter(({ stat }) => (stat.mode & 0o7000) !== 0)).toEqual([]);
        const links = stats.filter(({ stat }) => stat.isSymbolicLink());
        expect(links.filter(({ path }) => !leadsInside(target, path))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** Walks a link as the kernel does; true when no step leaves the folder. */
function leadsInside(root: string, path: string): boolean {
  const walk = (words: string[], at: string[], steps: number): boolean => {
    if (steps > 60) return true;
    const [word, ...rest] = words;
    if (word === undefined) return true;
    if (word === '' || word === '.') return walk(rest, at, steps + 1);
    if (word === '..') return at.length > 0 && walk(rest, at.slice(0, -1), steps + 1);
    const next = [...at, word];
    const stat = lstatSync(join(root, ...next), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() !== true) return walk(rest, next, steps + 1);
    const target = readlinkSync(join(root, ...next));
    return !target.startsWith('/') && walk([...target.split('/'), ...rest], at, steps + 1);
  };
  return walk(path.split('/'), [], 0);
}

describe('an archive of a project', () => {
  it('is unpacked without the folder that all of it lies in', async () => {
    const { error, target } = await unpack([
      { name: 'shop-main/', mode: 0o040755 },
      { name: 'shop-main/run.sh', data: '#!/bin/sh\n', mode: 0o104755 },
      { name: 'shop-main/src/app.py', data: 'print(1)\n', mode: 0o100600 },
      { name: '__MACOSX/shop-main/._run.sh', data: 'x' },
      link('shop-main/src/readme', '../docs/README'),
      { name: 'shop-main/docs/README', data: 'hello' },
    ]);
    expect(error).toBeUndefined();
    expect(listAll(target)).toEqual(['docs', 'docs/README', 'run.sh', 'src', 'src/app.py', 'src/readme']);
    expect(statSync(join(target, 'run.sh')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(target, 'src/app.py')).mode & 0o7777).toBe(0o644);
    expect(readFileSync(join(target, 'src/readme'), 'utf8')).toBe('hello');
  });

  it('keeps its folders when there are several', async () => {
    const { target } = await unpack([
      { name: 'src/a', data: '1', system: 0, mode: 0 },
      { name: 'docs/b', data: '2' },
    ]);
    expect(listAll(target)).toEqual(['docs', 'docs/b', 'src', 'src/a']);
  });

  it('is unpacked when a folder in it stands for the whole', async () => {
    const entries = [{ name: 'top/one/a', data: '1' }, { name: 'top/two/b', data: '2' }, link('top/one/in', 'a')];
    const { target } = await unpack(entries, { subDir: 'one' });
    expect(listAll(target)).toEqual(['a', 'in']);
    const { error } = await unpack([...entries, link('top/one/out', '../two/b')], { subDir: 'one' });
    expect(error).toMatchObject({ code: 'ARCHIVE_REFUSED' });
    expect((await unpack(entries, { subDir: 'three' })).error).toMatchObject({ code: 'PROJECT_FAILED' });
  });

  it('with names as Windows writes them is unpacked', async () => {
    const { target } = await unpack([{ name: 'shop\\src\\a', data: '1', system: 0, mode: 0, flags: 0 }]);
    expect(listAll(target)).toEqual(['src', 'src/a']);
  });
});
