import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { defaultMetadataLimits } from '../../metadata/limits.ts';
import { MetadataRefused } from '../../metadata/metadata-refused.ts';
import { parseMetadata } from '../../metadata/parse-metadata.ts';
import { readRemoteWheelMetadata, readWheelMetadata } from '../../metadata/read-wheel.ts';
import { normalizeName } from '../../names/normalize-name.ts';
import { normalizeVersion } from '../../names/version.ts';
import { keyFile } from '../../pages/file-address.ts';
import type { FileReference, OpenedFile, ReleaseFile } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { IndexStore } from '../../store/index-store.ts';
import { discardBody } from '../../upstream/read-body.ts';
import type { MirrorFiles } from './mirror-files.ts';
import { openRemoteRanges, readWhole } from './remote-ranges.ts';

const suffix = '.metadata';

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

/**
 * Gets the core metadata of a mirrored wheel and keeps it: from the wheel when it is here, else what upstream has after
 * the wheel's address whether it says so or not, else out of ranges of the wheel, else out of the whole wheel.
 * Throws `SourceFailure`: `no-metadata` when the wheel has none that can be read.
 */
export async function getMetadata(wanted: WantedWheel, context: MetadataContext): Promise<OpenedFile> {
  const { file, project } = wanted;
  const address = keyFile(file);
  try {
    const bytes =
      (await readFromHere({ filename: file.filename, digestPrefix: address }, context)) ??
      (await readFromUpstream(wanted, context)) ??
      (await readFromRanges(file, context)) ??
      (await readFromWhole(wanted, context));
    const content = await context.store.files.write(Readable.from([bytes]), {
      limitBytes: defaultMetadataLimits.textBytes,
    });
    const reference = { filename: `${file.filename}${suffix}`, address, project };
    return await context.files.keep(content, reference, Date.parse(file.uploadTime ?? ''));
  } catch (error) {
    if (!(error instanceof MetadataRefused)) throw error;
    throw new SourceFailure('no-metadata', `${file.filename} has no core metadata: ${error.message}`, { cause: error });
  }
}

async function readFromHere(wheel: FileReference, { store, files }: MetadataContext): Promise<Buffer | undefined> {
  const opened = await files.find(wheel);
  const path = opened === undefined ? undefined : store.files.pathOf(opened.sha256);
  return path === undefined ? undefined : readWheelMetadata(path, wheel.filename);
}

/** What upstream sends counts when it is this release's, and has the hash that the page says, if it says one. */
async function readFromUpstream(
  { file, project }: WantedWheel,
  { files, stallMs }: MetadataContext,
): Promise<Buffer | undefined> {
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
    return isSame ? bytes : undefined;
  } catch {
    // Not metadata: the wheel itself decides.
    return undefined;
  }
}

async function readFromRanges(file: ReleaseFile, { files, stallMs }: MetadataContext): Promise<Buffer | undefined> {
  const remote = await openRemoteRanges((range) => files.ask(file, '', { range }), stallMs);
  return remote === undefined ? undefined : readRemoteWheelMetadata(remote.reader, remote.sizeBytes, file.filename);
}

async function readFromWhole({ file, project }: WantedWheel, context: MetadataContext): Promise<Buffer> {
  const opened = await context.files.fetch(file, project);
  const path = opened === undefined ? undefined : context.store.files.pathOf(opened.sha256);
  if (path === undefined) throw new SourceFailure('no-metadata', `upstream does not have ${file.filename}`);
  return readWheelMetadata(path, file.filename);
}
