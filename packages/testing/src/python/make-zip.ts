import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip archive as a test wants it, honest or not. */
export interface ZipItem {
  readonly path: string;
  readonly content: string | Buffer;
  /** Default: stored as it is. */
  readonly isDeflated?: boolean;
  /** What the archive says the unpacked size is. Default: the truth. */
  readonly claimedSize?: number;
}

/** A zip archive with just these entries, in this order; nothing is checked. */
export function makeZip(items: readonly ZipItem[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const item of items) {
    const content = Buffer.from(item.content);
    const data = item.isDeflated === true ? deflateRawSync(content) : content;
    const path = Buffer.from(item.path);
    // From "version needed" to "extra length": the same 26 bytes in both headers (APPNOTE 4.3.7 and 4.3.12).
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(item.isDeflated === true ? 8 : 0, 4);
    // 2020-01-01: dates before 1980 are what some readers refuse.
    common.writeUInt16LE((40 << 9) | (1 << 5) | 1, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(item.claimedSize ?? content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0003', 'latin1'), common, rest, path);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
