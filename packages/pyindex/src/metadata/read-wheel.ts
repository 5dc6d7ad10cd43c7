import {
  fromBufferPromise,
  fromRandomAccessReaderPromise,
  openPromise,
  type RandomAccessReader,
  type ZipFile,
} from 'yauzl';
import { normalizeName } from '../names/normalize-name.ts';
import { parseDistributionName } from '../names/parse-distribution-name.ts';
import { normalizeVersion } from '../names/version.ts';
import { SourceFailure } from '../source-failure.ts';
import { defaultMetadataLimits } from './limits.ts';
import { MetadataRefused } from './metadata-refused.ts';
import { readZipEntry, zipOptions } from './read-zip.ts';

/**
 * The bytes of METADATA in the wheel at `path`, whose name is `fileName` (PEP 427). Throws `MetadataRefused`.
 */
export async function readWheelMetadata(
  path: string,
  fileName: string,
  limits = defaultMetadataLimits,
): Promise<Buffer> {
  return readFromZip(() => openPromise(path, zipOptions), fileName, limits);
}

/** The same from a wheel in memory. Throws `MetadataRefused`. */
export async function readWheelMetadataFrom(wheel: Buffer, fileName: string): Promise<Buffer> {
  return readFromZip(() => fromBufferPromise(wheel, zipOptions), fileName, defaultMetadataLimits);
}

/**
 * The same from a wheel of `sizeBytes` elsewhere, of which `reader` reads ranges. Throws `MetadataRefused`, and what the
 * reader throws.
 */
export async function readRemoteWheelMetadata(
  reader: RandomAccessReader,
  sizeBytes: number,
  fileName: string,
  limits = defaultMetadataLimits,
): Promise<Buffer> {
  return readFromZip(() => fromRandomAccessReaderPromise(reader, sizeBytes, zipOptions), fileName, limits);
}

async function readFromZip(open: () => Promise<ZipFile>, fileName: string, limits = defaultMetadataLimits) {
  let zip: ZipFile | undefined;
  try {
    zip = await open();
    return await readZipEntry(zip, (path) => isMetadataPath(path, fileName), limits);
  } catch (error) {
    if (error instanceof MetadataRefused || error instanceof SourceFailure) throw error;
    throw new MetadataRefused('broken', `it is no readable wheel: ${describe(error)}`, { cause: error });
  } finally {
    zip?.close();
  }
}

/** `{distribution}-{version}.dist-info/METADATA`, the names of both compared as installers compare them. */
function isMetadataPath(path: string, fileName: string): boolean {
  const [folder = '', file, ...more] = path.split('/');
  if (file !== 'METADATA' || more.length > 0 || !folder.endsWith('.dist-info')) return false;
  const wheel = parseDistributionName(fileName);
  const stem = folder.slice(0, -'.dist-info'.length);
  const dash = stem.lastIndexOf('-');
  if (wheel === undefined || dash <= 0) return false;
  const version = stem.slice(dash + 1).replaceAll('_', '-');
  return (
    normalizeName(stem.slice(0, dash)) === wheel.project &&
    (normalizeVersion(version) ?? version) === (normalizeVersion(wheel.version) ?? wheel.version)
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
