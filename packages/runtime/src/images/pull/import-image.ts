import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../../make-folder.ts';
import { ArchiveFile } from '../archive/archive-file.ts';
import { type ArchivedImage, readImageArchive } from '../archive/read-image-archive.ts';
import { nameImage } from '../image-name.ts';
import { machinePlatform, type Platform } from '../oci/platform.ts';
import type { ImageReference } from '../reference.ts';
import { parseReference, renderReference } from '../reference.ts';
import { type PulledImage, requireReference } from './pull-image.ts';
import { type StoreImageOptions, storeImage } from './store-image.ts';
import { decompress, diskFull } from './unpack-layer.ts';

export interface ImportOptions extends Omit<StoreImageOptions, 'blobs'> {
  /** A folder for an archive that is compressed as a whole while it is read. */
  readonly cacheFolder: string;
  /** What the image is to be called; absent: what its archive says. */
  readonly reference?: string | undefined;
  /** Default: the machine's. */
  readonly platform?: Platform | undefined;
  readonly isForced?: boolean;
}

/**
 * Puts the image of an archive into the store. Throws UNREADABLE_INPUT, USAGE when it has no name or several images,
 * IMAGE_REFUSED, MACHINE_LACKS, INTERRUPTED; nothing half-made stays.
 */
export async function importImage(file: string, options: ImportOptions): Promise<PulledImage> {
  const { store, platform = machinePlatform(), signal } = options;
  const plain = await openPlain(file, options.cacheFolder, signal);
  const archive = await ArchiveFile.open(plain.file).finally(plain.isTemporary ? () => rmSync(plain.file) : undefined);
  try {
    const found = await readImageArchive(archive, file, platform, options.reference);
    const reference = chooseReference(found, options.reference);
    const name = nameImage(reference, platform);
    return await store.lock(`image-${name}`, signal, async () => {
      const present = options.isForced === true ? undefined : store.read(name);
      if (present?.digest === found.image.configDigest) return { record: present, isNew: false };
      const { image, source } = found;
      const job = { name, reference: renderReference(reference), image, source };
      return { record: await storeImage(job, options), isNew: true };
    });
  } finally {
    await archive.close();
  }
}

function chooseReference(found: ArchivedImage, given: string | undefined): ImageReference {
  if (given !== undefined) return requireReference(given);
  const reference = found.reference === undefined ? undefined : parseReference(found.reference);
  if (reference !== undefined && (found.reference ?? '').includes('/')) return reference;
  if (reference !== undefined && found.image.manifestDigest === undefined) return reference;
  throw new AppError('USAGE', 'the archive does not say what its image is called', {
    hint: 'Give it a name: devstead image import --name REFERENCE FILE.',
  });
}

/** An archive may itself be compressed; then it is unpacked beside, so that its files can be read where they lie. */
async function openPlain(
  file: string,
  cacheFolder: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly file: string; readonly isTemporary: boolean }> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new AppError('UNREADABLE_INPUT', `cannot read ${file}`, { cause: error });
  });
  const start = Buffer.alloc(4);
  const { bytesRead } = await handle.read(start, 0, 4, 0);
  await handle.close();
  const magic = start.subarray(0, bytesRead).toString('hex');
  if (!magic.startsWith('1f8b') && magic !== '28b52ffd') return { file, isTemporary: false };
  makeFolder(cacheFolder, 0o700);
  const temporary = join(cacheFolder, `import-${randomUUID()}`);
  try {
    const pieces = limit(decompress(createReadStream(file)), cacheFolder);
    await pipeline(Readable.from(pieces), createWriteStream(temporary, { mode: 0o600 }), signal ? { signal } : {});
  } catch (error) {
    rmSync(temporary, { force: true });
    if (signal?.aborted) throw new AppError('INTERRUPTED', 'interrupted');
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull() : error;
  }
  return { file: temporary, isTemporary: true };
}

const largestArchive = 2 ** 36;

async function* limit(pieces: AsyncIterable<Buffer>, folder: string): AsyncGenerator<Buffer> {
  const { bavail, bsize } = statfsSync(folder);
  let left = Math.min(largestArchive, bavail * bsize * 0.9);
  for await (const piece of pieces) {
    left -= piece.length;
    if (left < 0) throw diskFull();
    yield piece;
  }
}
