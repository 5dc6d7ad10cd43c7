import { Readable } from 'node:stream';
import type { IndexRecord } from '../indexes/index-config.ts';
import type { PendingContent } from '../store/file-store.ts';
import type { IndexStore } from '../store/index-store.ts';
import { checkDigests } from './check-digests.ts';
import { checkFilename } from './check-release.ts';
import { readDistribution } from './read-distribution.ts';
import { readFormMetadata } from './reading/release-metadata.ts';
import { registerVersion, type StoreOutcome, storeReleaseFile } from './store-release.ts';

/** A file that somebody who may uploads to a stage. */
export interface UploadOrder {
  readonly index: IndexRecord;
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly user: string | undefined;
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly content: PendingContent;
}

/**
 * Checks an upload and makes it part of the stage: content, then rows, in one change. Throws a `Refusal`; the caller drops
 * the content then.
 */
export async function uploadRelease(store: IndexStore, order: UploadOrder): Promise<StoreOutcome> {
  const { index, name, version, filename, content, fields } = order;
  checkFilename(filename, name, version);
  await checkDigests(fields, content);
  const distribution = await readDistribution(content.path, { filename, name, version });
  const core =
    distribution?.isFinal === true
      ? await store.files.write(Readable.from([distribution.bytes]), { limitBytes: distribution.bytes.length })
      : undefined;
  try {
    return await store.change(async (context) => {
      const metadata = readFormMetadata(fields);
      const stored = await registerVersion(context, { index: index.path, name, version }, metadata, false);
      const requiresPython = distribution?.metadata.fields.get('requires-python')?.[0] ?? metadata['requires_python'];
      const outcome = await storeReleaseFile(context, store, index.config.volatile, {
        index: index.path,
        name,
        version: stored,
        filename,
        sha256: content.sha256,
        sizeBytes: content.sizeBytes,
        hashes: content.hashes,
        user: order.user,
        ...(core === undefined ? {} : { metadataSha256: core.sha256 }),
        ...(typeof requiresPython === 'string' && requiresPython !== '' ? { requiresPython } : {}),
      });
      // At once: each waits for the disk.
      if (outcome === 'stored') await Promise.all([content.keep(), core?.keep()]);
      return outcome;
    });
  } finally {
    await core?.drop();
  }
}
