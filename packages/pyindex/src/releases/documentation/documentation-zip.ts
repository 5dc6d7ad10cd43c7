import type { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { isInsidePath, zipOptions } from '../../metadata/read-zip.ts';
import { Refusal } from '../../refusal.ts';

const mostEntries = 50_000;
const mostUnpackedBytes = 2 * 2 ** 30;
const mostEntryBytes = 256 * 2 ** 20;
/** Unpacked bytes for one packed byte; asked of documentations that are large when unpacked. */
const mostRatio = 200;
const ratioFromBytes = 64 * 2 ** 20;

/** Looks at every entry. Throws a `Refusal` for what is no zip, leads out of its folder or unpacks to too much. */
export async function checkDocumentation(path: string): Promise<void> {
  await readEntries(path);
}

/** Files in zips are read in place: nothing is ever unpacked to the disk. What was found in a zip is remembered. */
export class DocumentationReader {
  readonly #entries = new LRUCache<string, ReadonlyMap<string, Entry>>({
    maxSize: 100_000,
    sizeCalculation: (entries) => Math.max(1, entries.size),
  });

  /** A file of the zip at `path`, whose content has this SHA-256; `undefined` when it has none of this name. */
  async open(
    path: string,
    sha256: string,
    name: string,
  ): Promise<{ readonly sizeBytes: number; readonly stream: Readable } | undefined> {
    const entries = this.#entries.get(sha256) ?? (await readEntries(path));
    this.#entries.set(sha256, entries);
    const entry = entries.get(name);
    if (entry === undefined) return undefined;
    const zip = await openPromise(path, zipOptions);
    try {
      const stream = await zip.openReadStreamPromise(entry);
      stream.once('close', () => zip.close());
      return { sizeBytes: entry.uncompressedSize, stream };
    } catch (error) {
      zip.close();
      throw error;
    }
  }
}

async function readEntries(path: string): Promise<ReadonlyMap<string, Entry>> {
  let zip: ZipFile;
  try {
    zip = await openPromise(path, zipOptions);
  } catch {
    throw new Refusal('invalid', 'the documentation is no zip archive');
  }
  try {
    return await collectEntries(zip);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid', 'the documentation is a broken zip archive');
  } finally {
    zip.close();
  }
}

async function collectEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > mostEntries)
    throw new Refusal('invalid', `the documentation has more than ${mostEntries} files`);
  const entries = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
    if (!isInsidePath(name))
      throw new Refusal('invalid', 'the documentation holds a path that leads out of its folder');
    unpacked += entry.uncompressedSize;
    if (unpacked > mostUnpackedBytes || entry.uncompressedSize > mostEntryBytes) {
      throw new Refusal('invalid', 'the documentation is too large when it is unpacked');
    }
    if (!name.endsWith('/') && entry.canDecodeFileData()) entries.set(name.replaceAll('\\', '/'), entry);
  }
  if (unpacked > ratioFromBytes && unpacked > zip.fileSize * mostRatio) {
    throw new Refusal('invalid', 'the documentation is too large when it is unpacked');
  }
  return entries;
}
