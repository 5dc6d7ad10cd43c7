import type { AppError } from '@devstead/kit';

/** What an entry of a tar archive is (POSIX.1-1988 ustar type flags). */
export type TarType = 'file' | 'hardlink' | 'symlink' | 'char' | 'block' | 'folder' | 'fifo';

/**
 * One entry of a tar archive. Names are bytes, kept as latin1 text: a name that is no UTF-8 comes out as it went in.
 */
export interface TarEntry {
  readonly type: TarType;
  readonly path: string;
  /** Where a link leads; empty for everything else. */
  readonly link: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** The same with its fraction, or before 1970, as the archive writes it; absent where whole seconds say all. */
  readonly exactMtime?: string;
  /** Major and minor number of a device. */
  readonly device: readonly [number, number];
  /** Extended attributes by name. */
  readonly xattrs: ReadonlyMap<string, string>;
}

export const blockBytes = 512;

/** A header as it stands in the archive; `flag` is its type flag, which may also be that of an extension. */
export interface RawHeader {
  readonly flag: string;
  readonly path: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: number;
  readonly device: readonly [number, number];
}

/** Makes what is wrong with an archive an error for people. */
export type Refuse = (what: string) => AppError;

/** True for the blocks of zeros that end an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** Reads a header block: ustar, GNU or version 7. Throws what `refuse` makes when its checksum or a number is wrong. */
export function readHeader(block: Buffer, refuse: Refuse): RawHeader {
  const text = (from: number, length: number): string => {
    const field = block.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.toString('latin1', 0, end < 0 ? length : end);
  };
  const number = (from: number, length: number): number => readNumber(block.subarray(from, from + length), refuse);
  let sum = 8 * 0x20;
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  if (number(148, 8) !== sum) throw refuse('a header has a wrong checksum');
  const isPosix = text(257, 6) === 'ustar' && block[262] === 0;
  const prefix = isPosix ? text(345, 155) : '';
  const name = text(0, 100);
  return {
    flag: String.fromCharCode(block[156] ?? 0),
    path: prefix === '' ? name : `${prefix}/${name}`,
    link: text(157, 100),
    mode: number(100, 8) & 0o7777,
    uid: number(108, 8),
    gid: number(116, 8),
    sizeBytes: number(124, 12),
    mtime: number(136, 12),
    device: [number(329, 8), number(337, 8)],
  };
}

/** A number in octal, or in base 256 where its first bit is set (GNU). */
function readNumber(field: Buffer, refuse: Refuse): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) return 0;
    let value = first & 0x3f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw refuse('a header has a number beyond all limits');
    return value;
  }
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw refuse('a header has a number that is none');
  return Number.parseInt(digits, 8);
}

/** The records `length key=value` of an extended header (POSIX.1-2001 pax), as latin1 text. */
export function readPaxRecords(body: Buffer, refuse: Refuse): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : body.toString('latin1', at, space);
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    const equals = body.indexOf(0x3d, space);
    const end = at + length;
    if (length === 0 || end > body.length || equals < 0 || equals >= end || body[end - 1] !== 0x0a)
      throw refuse('an extended header cannot be read');
    records.set(body.toString('latin1', space + 1, equals), body.toString('latin1', equals + 1, end - 1));
    at = end;
  }
  return records;
}

const typeFlags: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  char: '3',
  block: '4',
  folder: '5',
  fifo: '6',
};

/** The headers of an entry, in one form whatever they looked like before: ustar, with a pax header where it needs one. */
export function writeHeader(entry: TarEntry): Buffer {
  const isLong = entry.path.length > 100 || entry.link.length > 100 || entry.sizeBytes >= 8 ** 11;
  if (!isLong && entry.xattrs.size === 0 && entry.exactMtime === undefined)
    return writeBlock(entry, typeFlags[entry.type]);
  const records: (readonly [string, string])[] = [];
  if (entry.path.length > 100) records.push(['path', entry.path]);
  if (entry.link.length > 100) records.push(['linkpath', entry.link]);
  if (entry.sizeBytes >= 8 ** 11) records.push(['size', String(entry.sizeBytes)]);
  if (entry.exactMtime !== undefined) records.push(['mtime', entry.exactMtime]);
  for (const [name, value] of entry.xattrs) records.push([`SCHILY.xattr.${name}`, value]);
  const body = Buffer.from(records.map(([key, value]) => writePaxRecord(key, value)).join(''), 'latin1');
  const pax = { ...entry, path: 'pax', link: '', mode: 0o644, sizeBytes: body.length, device: [0, 0] as const };
  return Buffer.concat([writeBlock(pax, 'x'), body, padding(body.length), writeBlock(entry, typeFlags[entry.type])]);
}

function writePaxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** Zeros that fill the last block of a body. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

function writeBlock(entry: Omit<TarEntry, 'type' | 'xattrs'>, flag: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number): void => {
    block.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1');
  };
  block.write(entry.path.slice(0, 100), 0, 100, 'latin1');
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.sizeBytes >= 8 ** 11 ? 0 : entry.sizeBytes, 124, 12);
  octal(Math.min(Math.max(0, Math.floor(entry.mtime)), 8 ** 11 - 1), 136, 12);
  block.fill(0x20, 148, 156);
  block.write(flag, 156, 1, 'latin1');
  block.write(entry.link.slice(0, 100), 157, 100, 'latin1');
  block.write('ustar\u000000', 257, 8, 'latin1');
  octal(entry.device[0], 329, 8);
  octal(entry.device[1], 337, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}
