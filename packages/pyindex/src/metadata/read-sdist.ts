import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { openPromise } from 'yauzl';
import { defaultMetadataLimits, type MetadataLimits } from './limits.ts';
import { MetadataRefused } from './metadata-refused.ts';
import { checkRatio, isInsidePath, readZipEntry, zipOptions } from './read-zip.ts';

/**
 * The bytes of PKG-INFO in the source distribution at `path`, whose name is `fileName`: `.tar.gz`, `.tgz`, `.tar` or
 * `.zip`. Undefined for those packed otherwise, which are not looked into, and for old ones without the file.
 * Throws `MetadataRefused`.
 */
export async function readSdistMetadata(
  path: string,
  fileName: string,
  limits = defaultMetadataLimits,
): Promise<Buffer | undefined> {
  try {
    if (/\.zip$/i.test(fileName)) return await readZip(path, limits);
    if (/\.(?:tar\.gz|tgz|tar)$/i.test(fileName)) return await readTar(path, !/\.tar$/i.test(fileName), limits);
    return undefined;
  } catch (error) {
    if (error instanceof MetadataRefused && error.problem === 'missing') return undefined;
    if (error instanceof MetadataRefused) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MetadataRefused('broken', `it is no readable source distribution: ${reason}`, { cause: error });
  }
}

async function readZip(path: string, limits: MetadataLimits): Promise<Buffer> {
  const zip = await openPromise(path, zipOptions);
  try {
    return await readZipEntry(zip, isInfoPath, limits);
  } finally {
    zip.close();
  }
}

/** `{name}-{version}/PKG-INFO`; deeper ones belong to what the distribution carries along. */
function isInfoPath(path: string): boolean {
  const words = path.split('/').filter((word) => word !== '.' && word !== '');
  return words.length === 2 && words[1] === 'PKG-INFO';
}

/** Reads to the end: a bomb or a hostile path behind the metadata is found too. */
async function readTar(path: string, isPacked: boolean, limits: MetadataLimits): Promise<Buffer> {
  const { size } = await stat(path);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const unpacked = isPacked ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  const entries = extract();
  let unpackedBytes = 0;
  unpacked.on('data', (piece: Buffer) => {
    unpackedBytes += piece.length;
    try {
      checkRatio(size, unpackedBytes, limits);
      if (unpackedBytes > limits.unpackedBytes)
        throw new MetadataRefused('too-large', `it unpacks to more than ${limits.unpackedBytes} bytes`);
    } catch (error) {
      entries.destroy(error as Error);
      file.destroy();
    }
  });
  for (const stream of [file, unpacked]) stream.once('error', (error: Error) => entries.destroy(error));
  unpacked.pipe(entries);
  let found: Buffer | undefined;
  let count = 0;
  try {
    for await (const entry of entries) {
      count += 1;
      if (count > limits.entries) throw new MetadataRefused('too-large', `it has more than ${limits.entries} entries`);
      checkEntry(entry.header);
      if (!isInfoPath(entry.header.name)) {
        entry.resume();
        continue;
      }
      if (entry.header.type !== 'file' && entry.header.type !== 'contiguous-file')
        throw new MetadataRefused('broken', 'its PKG-INFO is no file');
      if (found !== undefined) throw new MetadataRefused('ambiguous', 'it has PKG-INFO twice');
      found = await readText(entry, entry.header.size, limits);
    }
  } finally {
    file.destroy();
    unpacked.destroy();
    entries.destroy();
  }
  if (found === undefined) throw new MetadataRefused('missing', 'it holds no PKG-INFO');
  return found;
}

function checkEntry({ name, type }: Header): void {
  if (!isInsidePath(name) && !/^(?:\.\/?)?$/.test(name))
    throw new MetadataRefused('traversal', `it holds ${JSON.stringify(name.slice(0, 80))}`);
  if (type === 'block-device' || type === 'character-device' || type === 'fifo')
    throw new MetadataRefused('traversal', `it holds a device: ${JSON.stringify(name.slice(0, 80))}`);
}

async function readText(entry: AsyncIterable<unknown>, sizeBytes: number, limits: MetadataLimits): Promise<Buffer> {
  if (sizeBytes > limits.textBytes) throw new MetadataRefused('too-large', `its PKG-INFO has ${sizeBytes} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of entry) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
