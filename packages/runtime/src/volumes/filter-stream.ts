import type { Writable } from 'node:stream';
import { ArchiveFilter, chooseForVolume } from '../archive/archive-filter.ts';
import type { ArchiveLimits } from '../archive/archive-tree.ts';
import { TarReader } from '../archive/tar-reader.ts';
import { waitForDrain } from '../archive/wait-for-drain.ts';

/** What work on a volume reports and heeds. */
export interface VolumeWork {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** Called with the bytes of files that have gone over so far. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Passes an archive on as the archive of a volume, written anew, as it streams. The sink is not ended, so that its reader
 * knows nothing of an end that never came. Throws ARCHIVE_REFUSED, and the sink's own error.
 */
export async function filterStream(
  source: AsyncIterable<Buffer>,
  sink: Writable,
  { limits, signal, onBytes }: VolumeWork,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const filter = new ArchiveFilter({ limits, choose: chooseForVolume, emit: (part) => void sink.write(part) });
  const reader = new TarReader(filter);
  for await (const chunk of source) {
    signal.throwIfAborted();
    reader.write(chunk);
    onBytes(filter.counts.bytes);
    if (sink.errored !== null) throw sink.errored;
    await waitForDrain(sink);
  }
  signal.throwIfAborted();
  reader.end();
  filter.finish();
  return filter.counts;
}
