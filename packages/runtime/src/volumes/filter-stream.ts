import type { Writable } from 'node:stream';
import { ArchiveFilter, chooseForVolume } from '../archive/archive-filter.ts';
import type { ArchiveLimits } from '../archive/archive-tree.ts';
import type { TarEntry } from '../archive/tar-header.ts';
import { looseArchive, TarReader, type TarRules } from '../archive/tar-reader.ts';
import { waitForDrain } from '../archive/wait-for-drain.ts';

/** What work on a volume reports and heeds. */
export interface VolumeWork {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** Called with the bytes of files that have gone over so far. */
  readonly onBytes: (bytes: number) => void;
}

/** What of an archive goes on, and what is looked at while it does. */
export interface StreamForm {
  /** What of an entry goes on. May throw ARCHIVE_REFUSED. */
  readonly choose: (entry: TarEntry) => TarEntry;
  readonly rules: TarRules;
  /** Called with what is written. */
  readonly onPart?: (part: Buffer) => void;
}

/** For archives that come from anywhere. */
const untrusted: StreamForm = { choose: chooseForVolume, rules: looseArchive };

/**
 * Passes an archive on as the archive of a volume, written anew, as it streams. The sink is not ended, so that its reader
 * knows nothing of an end that never came. Throws ARCHIVE_REFUSED, and the sink's own error.
 */
export async function filterStream(
  source: AsyncIterable<Buffer>,
  sink: Writable,
  { limits, signal, onBytes }: VolumeWork,
  { choose, rules, onPart }: StreamForm = untrusted,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const emit = (part: Buffer): void => {
    onPart?.(part);
    sink.write(part);
  };
  const filter = new ArchiveFilter({ limits, choose, emit });
  const reader = new TarReader(filter, rules);
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
