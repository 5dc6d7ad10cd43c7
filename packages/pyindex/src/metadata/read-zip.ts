import { type Entry, getFileNameLowLevel, type Options, type ZipFile } from 'yauzl';
import type { MetadataLimits } from './limits.ts';
import { MetadataRefused } from './metadata-refused.ts';

/** How archives are opened for `readZipEntry`, which reads the names of entries itself. */
export const zipOptions: Options = { autoClose: false, validateEntrySizes: true, decodeStrings: false };

/**
 * The bytes of the one entry that `isWanted` says yes to. Looks at every entry of the directory: one that would be
 * unpacked elsewhere, or a second wanted one, refuses the whole archive. Throws `MetadataRefused`.
 */
export async function readZipEntry(
  zip: ZipFile,
  isWanted: (path: string) => boolean,
  limits: MetadataLimits,
): Promise<Buffer> {
  if (zip.entryCount > limits.entries) throw new MetadataRefused('too-large', `it has ${zip.entryCount} entries`);
  let wanted: { readonly entry: Entry; readonly path: string } | undefined;
  let unpackedBytes = 0;
  for await (const entry of zip.eachEntry()) {
    const path = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
    if (!isInsidePath(path)) throw new MetadataRefused('traversal', `it holds ${showPath(path)}`);
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > limits.unpackedBytes)
      throw new MetadataRefused('too-large', `it unpacks to more than ${limits.unpackedBytes} bytes`);
    if (!isWanted(path)) continue;
    if (wanted !== undefined)
      throw new MetadataRefused('ambiguous', `it has metadata twice: ${showPath(wanted.path)} and ${showPath(path)}`);
    wanted = { entry, path };
  }
  checkRatio(zip.fileSize, unpackedBytes, limits);
  if (wanted === undefined) throw new MetadataRefused('missing', 'it holds no metadata');
  return readEntry(zip, wanted.entry, limits);
}

async function readEntry(zip: ZipFile, entry: Entry, limits: MetadataLimits): Promise<Buffer> {
  if (entry.uncompressedSize > limits.textBytes)
    throw new MetadataRefused('too-large', `its metadata has ${entry.uncompressedSize} bytes`);
  if (!entry.canDecodeFileData()) throw new MetadataRefused('broken', 'its metadata is encrypted or packed strangely');
  const pieces: Buffer[] = [];
  // The library ends the stream with an error when there is more or less than the directory says.
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** Throws `too-large` for an archive that unpacks to very much more than it is. */
export function checkRatio(packedBytes: number, unpackedBytes: number, limits: MetadataLimits): void {
  if (unpackedBytes > limits.ratioFromBytes && unpackedBytes > packedBytes * limits.ratio)
    throw new MetadataRefused('too-large', `its ${packedBytes} bytes unpack to ${unpackedBytes}`);
}

/** True for a path that stays below the folder it is unpacked in. */
export function isInsidePath(path: string): boolean {
  return !(path === '' || path.includes('\0') || /^[/\\]|^[A-Za-z]:/.test(path) || path.split(/[/\\]/).includes('..'));
}

function showPath(path: string): string {
  return JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path);
}
