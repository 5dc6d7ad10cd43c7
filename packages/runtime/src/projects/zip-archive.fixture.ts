import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, each field as a liar could write it. */
export interface WrittenEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** Type and permissions as Unix has them. */
  readonly mode?: number;
  /** System that made the entry: 3 is Unix, 0 is DOS. */
  readonly system?: number;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  /** The name in front of the data, which may differ from that in the directory. */
  readonly localName?: string;
  readonly extra?: Buffer;
  /** Place of another entry's data. */
  readonly offset?: number;
}

interface ArchiveOptions {
  readonly entryCount?: number;
  readonly directoryOffset?: number;
  readonly comment?: string;
}

export const fileMode = 0o100644;
export const linkMode = 0o120777;

/** Writes a zip archive (PKWARE APPNOTE 4.3) without judging what goes into it. */
export function writeZip(entries: readonly WrittenEntry[], options: ArchiveOptions = {}): Buffer {
  const bodies: Buffer[] = [];
  const rows: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const data = Buffer.from(entry.data ?? '');
    const method = entry.method ?? 8;
    const packed = method === 8 ? deflateRawSync(data) : data;
    const { flags = 0x800, crc = crc32(data), size = data.length, extra = Buffer.alloc(0) } = entry;
    const compressedSize = entry.compressedSize ?? packed.length;
    const name = Buffer.from(entry.name);
    const common = Buffer.alloc(20);
    common.writeUInt16LE(flags, 0);
    common.writeUInt16LE(method, 2);
    common.writeUInt32LE(0x5a21_0000, 4);
    common.writeUInt32LE(crc, 8);
    common.writeUInt32LE(compressedSize, 12);
    common.writeUInt32LE(size, 16);
    const localName = Buffer.from(entry.localName ?? name);
    const local = Buffer.concat([
      word(0x0403_4b50),
      half(20),
      common,
      half(localName.length),
      half(0),
      localName,
      packed,
    ]);
    const row = [
      word(0x0201_4b50),
      half(((entry.system ?? 3) << 8) | 20),
      half(20),
      common,
      half(name.length),
      half(extra.length),
      half(0),
      half(0),
      half(0),
      word(((entry.mode ?? fileMode) << 16) >>> 0),
      word(entry.offset ?? offset),
      name,
      extra,
    ];
    bodies.push(local);
    rows.push(Buffer.concat(row));
    offset += local.length;
  }
  const directory = Buffer.concat(rows);
  const comment = Buffer.from(options.comment ?? '');
  const count = options.entryCount ?? entries.length;
  const end = Buffer.concat([
    word(0x0605_4b50),
    half(0),
    half(0),
    half(count),
    half(count),
    word(directory.length),
    word(options.directoryOffset ?? offset),
    half(comment.length),
    comment,
  ]);
  return Buffer.concat([...bodies, directory, end]);
}

function half(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function word(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
