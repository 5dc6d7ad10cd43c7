import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of a zip archive that is being made; the sizes can be lies. */
export interface ZipItem {
  readonly path: string;
  readonly text: string | Uint8Array;
  readonly claimedSize?: number;
}

/** A zip archive with these entries, in memory. */
export function makeZip(items: readonly ZipItem[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, text, claimedSize } of items) {
    const content = Buffer.from(text as string);
    const packed = deflateRawSync(content);
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedSize ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), common, rest, name);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, name, packed]);
    pieces.push(local);
    offset += local.length;
  }
  const middle = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(items.length, 8);
  end.writeUInt16LE(items.length, 10);
  end.writeUInt32LE(middle.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, middle, end]);
}

/** A wheel of a project with metadata and one module. */
export function makeWheel(project: string, version: string, more: readonly ZipItem[] = []): Buffer {
  return makeZip([
    { path: `${project}/__init__.py`, text: 'x = 1\n'.repeat(100) },
    { path: `${project}-${version}.dist-info/METADATA`, text: makeMetadata(project, version) },
    { path: `${project}-${version}.dist-info/WHEEL`, text: 'Wheel-Version: 1.0\n' },
    ...more,
  ]);
}

export function makeMetadata(project: string, version: string): string {
  return `Metadata-Version: 2.1\nName: ${project}\nVersion: ${version}\nSummary: A thing\n\nAll of it.\n`;
}

/** A packed tar archive with these entries, in memory. */
export async function makeTarGz(
  items: readonly (readonly [header: Partial<Header> & Pick<Header, 'name'>, content: string])[],
): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of items) archive.entry(header, content);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return gzipSync(Buffer.concat(pieces));
}
