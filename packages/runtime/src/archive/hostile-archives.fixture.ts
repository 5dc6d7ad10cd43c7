import { padding, type TarEntry, writeHeader } from './tar-header.ts';

/** An archive made to do harm, and what must become of it. */
export interface HostileArchive {
  readonly name: string;
  readonly bytes: Buffer;
  /** Copied out of a container. `left out`: what is harmless in it is unpacked, the rest is not. */
  readonly asCopy: 'refused' | 'left out' | 'harmless';
  /** Restored as a volume, where links lead nowhere but in the container that has it. */
  readonly asVolume: 'refused' | 'harmless';
}

export const plain: TarEntry = {
  type: 'file',
  path: 'file',
  link: '',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtime: 1,
  device: [0, 0],
  xattrs: new Map(),
};

/** An entry with its body, in the archive's form. */
export function entry(change: Partial<TarEntry>, text = ''): Buffer {
  const body = Buffer.from(text);
  const whole: TarEntry = { ...plain, sizeBytes: body.length, ...change };
  return Buffer.concat([writeHeader(whole), body, padding(body.length)]);
}

export const root = entry({ type: 'folder', path: './', mode: 0o755 });
const end = Buffer.alloc(1024);

export function archive(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([root, ...parts, end]);
}

/** A header block changed by hand, its checksum made right again. */
function alter(block: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(block);
  change(copy);
  copy.fill(0x20, 148, 156);
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return copy;
}

function pax(records: string, after: Buffer): Buffer {
  const line = (): string => {
    const rest = ` ${records}\n`;
    let size = rest.length;
    while (String(size).length + rest.length !== size) size = String(size).length + rest.length;
    return `${size}${rest}`;
  };
  const body = Buffer.from(line(), 'latin1');
  const header = alter(writeHeader({ ...plain, path: 'pax', sizeBytes: body.length }), (copy) => copy.write('x', 156));
  return Buffer.concat([header, body, padding(body.length), after]);
}

const file = (path: string): Buffer => entry({ path }, 'harm');
const link = (path: string, target: string): Buffer => entry({ type: 'symlink', path, link: target });
const hard = (path: string, target: string): Buffer => entry({ type: 'hardlink', path, link: target });
const folder = (path: string): Buffer => entry({ type: 'folder', path, mode: 0o755 });
const gnuLongName = (name: string, after: Buffer): Buffer => {
  const body = Buffer.from(`${name}\0`, 'latin1');
  const header = alter(writeHeader({ ...plain, path: '././@LongLink', sizeBytes: body.length }), (copy) =>
    copy.write('L', 156),
  );
  return Buffer.concat([header, body, padding(body.length), after]);
};

type Row = readonly [HostileArchive['name'], Buffer, HostileArchive['asCopy'], HostileArchive['asVolume']];

const rows: readonly Row[] = [
  ['a path that leads upwards', archive(file('../out')), 'refused', 'refused'],
  ['a path that leads upwards from a folder', archive(folder('a'), file('a/../../out')), 'refused', 'refused'],
  ['a path that leads up and down again', archive(file('a/../file')), 'refused', 'refused'],
  ['an absolute path', archive(file('/tmp/devstead-out')), 'refused', 'refused'],
  ['an absolute path with two slashes', archive(file('//tmp/devstead-out')), 'refused', 'refused'],
  ['a name that is only dots', archive(file('..')), 'refused', 'refused'],
  ['a path that ends upwards', archive(folder('a/..')), 'refused', 'refused'],
  ['a path with a dot before the way up', archive(file('./.././out')), 'refused', 'refused'],
  ['a long name (GNU) that leads upwards', archive(gnuLongName('../out', file('file'))), 'refused', 'refused'],
  ['an extended header (pax) that leads upwards', archive(pax('path=../out', file('file'))), 'refused', 'refused'],
  ['an extended header with a zero byte', archive(pax('path=a\0b', file('file'))), 'refused', 'refused'],
  [
    'a prefix field that leads upwards',
    archive(alter(file('out'), (copy) => copy.write('..', 345))),
    'refused',
    'refused',
  ],
  ['a link, then a file through it', archive(link('a', '/tmp'), file('a/devstead-out')), 'refused', 'refused'],
  ['a link upwards, then a file through it', archive(link('a', '..'), file('a/out')), 'refused', 'refused'],
  [
    'a link to a link, then a file through both',
    archive(link('a', '..'), link('b', 'a'), file('b/out')),
    'refused',
    'refused',
  ],
  ['a file, then one in it', archive(file('a'), file('a/b')), 'refused', 'refused'],
  ['a link in the place of a folder', archive(folder('a'), link('a', '/tmp'), file('a/out')), 'refused', 'refused'],
  ['a link, then a folder in its place', archive(link('a', '/tmp'), folder('a'), file('a/out')), 'refused', 'refused'],
  ['a link, then a file of its name', archive(link('a', '/tmp/devstead-out'), file('a')), 'refused', 'refused'],
  ['a file that comes twice', archive(file('a'), file('a')), 'refused', 'refused'],
  ['a link to a file of the machine', archive(link('a', '/etc/passwd')), 'left out', 'harmless'],
  ['a link that leads upwards', archive(link('a', '../../etc/passwd')), 'left out', 'harmless'],
  ['a link that leads up from a folder', archive(folder('a'), link('a/b', '../../out')), 'left out', 'harmless'],
  [
    'links that lead out only together',
    archive(folder('d'), folder('d/e'), link('d/e/up', '../..'), link('out', 'd/e/up/..')),
    'left out',
    'harmless',
  ],
  ['a link to nothing', archive(link('a', '')), 'left out', 'harmless'],
  ['a link to itself', archive(link('a', 'a')), 'harmless', 'harmless'],
  ['a hard link to a file of the machine', archive(hard('a', '/etc/passwd')), 'refused', 'refused'],
  ['a hard link that leads upwards', archive(hard('a', '../../etc/passwd')), 'refused', 'refused'],
  ['a hard link to a link', archive(link('l', '/etc/passwd'), hard('a', 'l')), 'refused', 'refused'],
  ['a hard link through a link', archive(link('l', '/etc'), hard('a', 'l/passwd')), 'refused', 'refused'],
  ['a hard link to a folder', archive(folder('d'), hard('a', 'd')), 'refused', 'refused'],
  ['a hard link to what comes later', archive(hard('a', 'b'), file('b')), 'refused', 'refused'],
  ['a device', archive(entry({ type: 'block', path: 'sda', device: [8, 0] })), 'left out', 'refused'],
  ['a character device', archive(entry({ type: 'char', path: 'mem', device: [1, 1] })), 'left out', 'refused'],
  ['a pipe', archive(entry({ type: 'fifo', path: 'pipe' })), 'left out', 'harmless'],
  ['a program with the rights of its owner', archive(entry({ path: 'sh', mode: 0o4755 }, 'x')), 'harmless', 'harmless'],
  ['an owner beyond the sandbox', archive(entry({ path: 'a', uid: 70_000 })), 'harmless', 'refused'],
  [
    'files that are too much only together',
    archive(...Array.from({ length: 9 }, (_, n) => entry({ path: `f${n}` }, 'x'.repeat(9000)))),
    'refused',
    'refused',
  ],
  [
    'too many entries',
    archive(...Array.from({ length: 60 }, (_, n) => entry({ path: `f${n}` }))),
    'refused',
    'refused',
  ],
  ['too many folders in one path', archive(file(`${'a/'.repeat(55)}f`)), 'refused', 'refused'],
  ['a path that is too deep', archive(file(`${'a/'.repeat(300)}f`)), 'refused', 'refused'],
  ['a path that is too long', archive(file(`${'a'.repeat(200)}/`.repeat(30))), 'refused', 'refused'],
  ['a name that is too long', archive(file('a'.repeat(256))), 'refused', 'refused'],
  ['a size beyond all limits', archive(pax('size=9007199254740993', file('a'))), 'refused', 'refused'],
  ['a size less than nothing', archive(pax('size=-1', file('a'))), 'refused', 'refused'],
  [
    'a size that is promised and never comes',
    Buffer.concat([root, writeHeader({ ...plain, sizeBytes: 5000 })]),
    'refused',
    'refused',
  ],
  ['an archive that is cut between two entries', Buffer.concat([root, file('a')]), 'refused', 'refused'],
  ['a sparse file', archive(pax('GNU.sparse.realsize=99999999999', file('a'))), 'refused', 'refused'],
  ['an unknown kind of entry', archive(alter(file('a'), (copy) => copy.write('V', 156))), 'refused', 'refused'],
  ['a wrong checksum', archive(Buffer.concat([Buffer.from('harm'), file('a').subarray(4)])), 'refused', 'refused'],
  ['no archive at all', Buffer.from('<html>not found</html>'.repeat(100)), 'refused', 'refused'],
  ['a root that is a link', Buffer.concat([link('./', '/tmp'), file('devstead-out'), end]), 'refused', 'refused'],
];

export const hostileArchives: readonly HostileArchive[] = rows.map(([name, bytes, asCopy, asVolume]) => ({
  name,
  bytes,
  asCopy,
  asVolume,
}));

/** Limits that the samples about amounts pass over and the others do not. */
export const sampleLimits = { maxBytes: 64_000, maxEntries: 50 };
