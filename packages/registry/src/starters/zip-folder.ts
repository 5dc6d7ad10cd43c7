import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { AppError } from '@devstead/kit';

const deflate = promisify(deflateRaw);

/** Below what the plain form of a zip archive can say: 65,535 entries and 4 GiB. */
const most = { entries: 20_000, bytes: 1024 * 2 ** 20, fileBytes: 256 * 2 ** 20, depth: 64 } as const;

interface Packed {
  readonly name: string;
  readonly mode: number;
  readonly data: Buffer;
  readonly method: 0 | 8;
  readonly size: number;
  readonly crc: number;
}

/** 1980-01-01, the first day that the format knows: the same files give the same bytes. */
const firstDay = 0x0021;
const madeByUnix = (3 << 8) | 20;
const namesAreUtf8 = 0x0800;

/**
 * Packs a folder into a zip archive (APPNOTE 6.3.3), files one after the other, so that one file at most is in memory. Of
 * modes only whether a file may be executed is kept; links that lead out are left out, and so is Git's own folder.
 * Throws STARTER_REFUSED where there is more than a starter may be.
 */
export async function zipFolder(folder: string, target: string): Promise<void> {
  const out = await open(target, 'wx', 0o600);
  try {
    await writeArchive(folder, out);
  } finally {
    await out.close();
  }
}

async function writeArchive(folder: string, out: FileHandle): Promise<void> {
  const directory: Buffer[] = [];
  let offset = 0;
  let total = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    await out.write(bytes, 0, bytes.length, offset);
    offset += bytes.length;
  };
  for await (const packed of packFiles(folder)) {
    total += packed.size;
    if (total > most.bytes || directory.length >= most.entries)
      throw new AppError('STARTER_REFUSED', 'the starter has more files, or larger ones, than a registry hands out');
    directory.push(makeDirectoryEntry(packed, offset));
    await write(makeLocalHeader(packed));
    await write(packed.data);
  }
  const start = offset;
  for (const entry of directory) await write(entry);
  await write(makeEnd(directory.length, start, offset - start));
}

async function* packFiles(folder: string, below = '', depth = 0): AsyncGenerator<Packed> {
  if (depth > most.depth) throw new AppError('STARTER_REFUSED', 'the folders of the starter lie too deep');
  const names = (await readdir(join(folder, below))).sort();
  for (const each of names) {
    if (each.toLowerCase() === '.git') continue;
    const name = below === '' ? each : `${below}/${each}`;
    const path = join(folder, name);
    const info = await lstat(path);
    if (info.isDirectory()) yield* packFiles(folder, name, depth + 1);
    else if (info.isSymbolicLink()) yield* packLink(name, await readlink(path));
    else if (info.isFile()) yield pack(name, 0o100000 | (info.mode & 0o111 ? 0o755 : 0o644), await readFile(path));
  }
}

async function* packLink(name: string, to: string): AsyncGenerator<Packed> {
  const words = to.split('/');
  const firstName = words.findIndex((word) => word !== '..');
  const ups = firstName < 0 ? words.length : firstName;
  const depth = name.split('/').length - 1;
  const isInside = !to.startsWith('/') && ups <= depth && !words.slice(ups).includes('..');
  if (isInside) yield pack(name, 0o120777, Buffer.from(to));
}

async function readFile(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if ((await handle.stat()).size > most.fileBytes)
      throw new AppError('STARTER_REFUSED', 'a file of the starter is larger than a registry hands out');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function pack(name: string, mode: number, bytes: Buffer): Promise<Packed> {
  const smaller = bytes.length === 0 ? bytes : await deflate(bytes, { level: 6 });
  const isSmaller = smaller.length < bytes.length;
  return {
    name,
    mode,
    data: isSmaller ? smaller : bytes,
    method: isSmaller ? 8 : 0,
    size: bytes.length,
    crc: crc32(bytes),
  };
}

/** What both headers of a file say. */
function writeCommon(header: Buffer, at: number, { name, data, method, size, crc }: Packed): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(namesAreUtf8, at + 2);
  header.writeUInt16LE(method, at + 4);
  header.writeUInt16LE(firstDay, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(data.length, at + 14);
  header.writeUInt32LE(size, at + 18);
  header.writeUInt16LE(Buffer.byteLength(name), at + 22);
}

function makeLocalHeader(packed: Packed): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header, 4, packed);
  return Buffer.concat([header, Buffer.from(packed.name)]);
}

function makeDirectoryEntry(packed: Packed, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(madeByUnix, 4);
  writeCommon(header, 6, packed);
  header.writeUInt32LE((packed.mode << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, Buffer.from(packed.name)]);
}

function makeEnd(entries: number, start: number, size: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(start, 16);
  return end;
}
