import { createHash } from 'node:crypto';
import { defaultMetadataLimits } from '../../metadata/limits.ts';
import { MetadataRefused } from '../../metadata/metadata-refused.ts';
import { parseMetadata } from '../../metadata/parse-metadata.ts';
import { readRemoteWheelMetadata, readWheelMetadata, readWheelMetadataFrom } from '../../metadata/read-wheel.ts';
import { normalizeName } from '../../names/normalize-name.ts';
import { normalizeVersion } from '../../names/version.ts';
import { keyFile } from '../../pages/file-address.ts';
import type { ReleaseFile } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { IndexStore } from '../../store/index-store.ts';
import { discardBody } from '../../upstream/read-body.ts';
import { FileDigests } from './file-digests.ts';
import type { MirrorFiles } from './mirror-files.ts';
import { openRemoteRanges, readTotalBytes, readWhole, tailBytes } from './remote-ranges.ts';

const suffix = '.metadata';
/** A wheel that comes whole though its end was asked for is taken when it is no longer than this. */
const mostWholeBytes = 2 << 20;

interface MetadataContext {
  readonly store: IndexStore;
  readonly files: MirrorFiles;
  readonly stallMs: number;
}

/** A wheel whose metadata is wanted. */
export interface WantedWheel {
  readonly file: ReleaseFile;
  /** Normalised. */
  readonly project: string;
}

/** Core metadata, and the wheel itself when it came along. Both were compared with what the page says of them. */
export interface FoundMetadata {
  readonly metadata: Buffer;
  readonly wheel?: Buffer;
}

/**
 * Gets the core metadata of a mirrored wheel. Where upstream says that it has it, or the wheel's end does not tell, it is
 * asked for after the wheel's address; else it is read out of the end of the wheel, which is one request and brings most
 * wheels whole: whoever asks for the metadata of a wheel asks for the wheel next. Failing all that, out of the whole
 * wheel. Throws `SourceFailure`: `no-metadata` when the wheel has none that can be read.
 */
export async function getMetadata(wanted: WantedWheel, context: MetadataContext): Promise<FoundMetadata> {
  const { file } = wanted;
  const isAdvertised = Object.keys(file.coreMetadata ?? {}).length > 0;
  try {
    return (
      (await readFromHere(wanted, context)) ??
      (isAdvertised ? await readFromUpstream(wanted, context) : undefined) ??
      (await readFromEnd(wanted, context)) ??
      (isAdvertised ? undefined : await readFromUpstream(wanted, context)) ??
      (await readFromWhole(wanted, context))
    );
  } catch (error) {
    if (!(error instanceof MetadataRefused)) throw error;
    throw new SourceFailure('no-metadata', `${file.filename} has no core metadata: ${error.message}`, { cause: error });
  }
}

async function readFromHere(
  { file }: WantedWheel,
  { store, files }: MetadataContext,
): Promise<FoundMetadata | undefined> {
  const opened = await files.find({ filename: file.filename, digestPrefix: keyFile(file) });
  const path = opened === undefined ? undefined : store.files.pathOf(opened.sha256);
  return path === undefined ? undefined : { metadata: await readWheelMetadata(path, file.filename) };
}

/** What upstream sends counts when it is this release's, and has the hash that the page says, if it says one. */
async function readFromUpstream(
  { file, project }: WantedWheel,
  { files, stallMs }: MetadataContext,
): Promise<FoundMetadata | undefined> {
  const answer = await files.ask(file, suffix);
  if (answer.status !== 200 || answer.headers['content-encoding'] !== undefined) {
    discardBody(answer);
    return undefined;
  }
  const bytes = await readWhole(answer, stallMs, defaultMetadataLimits.textBytes);
  const expected = file.coreMetadata?.['sha256'];
  if (expected !== undefined && createHash('sha256').update(bytes).digest('hex') !== expected) return undefined;
  try {
    const { name, version } = parseMetadata(bytes);
    const isSame =
      normalizeName(name) === project && normalizeVersion(version) === normalizeVersion(file.version ?? version);
    return isSame ? { metadata: bytes } : undefined;
  } catch {
    // Not metadata: the wheel itself decides.
    return undefined;
  }
}

/** `undefined` where neither ranges nor a short whole can be had, or no metadata is in it: others may know more. */
async function readFromEnd(
  { file }: WantedWheel,
  { files, stallMs }: MetadataContext,
): Promise<FoundMetadata | undefined> {
  const askRange = (range: string) => files.ask(file, '', { range });
  const answer = await askRange(`bytes=-${tailBytes}`);
  const { status, headers, url } = answer;
  const totalBytes = status === 200 ? Number(headers['content-length'] ?? Number.NaN) : readTotalBytes(answer);
  try {
    if (totalBytes !== undefined && totalBytes <= (status === 200 ? mostWholeBytes : tailBytes)) {
      const wheel = await readWhole(answer, stallMs, totalBytes);
      new FileDigests(file).update(wheel).check(url.host);
      return { wheel, metadata: await readWheelMetadataFrom(wheel, file.filename) };
    }
    if (totalBytes !== undefined && status === 206) {
      const remote = await openRemoteRanges(answer, totalBytes, askRange, stallMs);
      return { metadata: await readRemoteWheelMetadata(remote.reader, remote.sizeBytes, file.filename) };
    }
  } catch (error) {
    if (error instanceof MetadataRefused) return undefined;
    throw error;
  }
  discardBody(answer);
  return undefined;
}

async function readFromWhole(
  { file, project }: WantedWheel,
  { store, files }: MetadataContext,
): Promise<FoundMetadata> {
  const opened = await files.fetch(file, project);
  const path = opened === undefined ? undefined : store.files.pathOf(opened.sha256);
  if (path === undefined) throw new SourceFailure('no-metadata', `upstream does not have ${file.filename}`);
  return { metadata: await readWheelMetadata(path, file.filename) };
}
