import { closeSync, openSync, readdirSync, readSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { logLimitBytes } from '../../running/log-lines.ts';
import { groupReadable } from '../../state/made-container.ts';
import type { WorkspacePaths } from '../../state/paths.ts';
import { olderLog } from '../read-logs.ts';

/**
 * Cuts logs that have grown over the limit; the newest of what they had is kept in one older file. conmon goes on
 * writing at the end.
 */
export function limitLogs(paths: WorkspacePaths): void {
  for (const container of readdirSync(paths.containers)) {
    const { log } = paths.container(container);
    // The container may be removed meanwhile.
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) <= logLimitBytes) continue;
    writeFileSync(olderLog(log), readEnd(log), { mode: groupReadable });
    truncateSync(log, 0);
  }
}

/** The last whole lines of a log, at most as many bytes as a log may have. */
function readEnd(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(logLimitBytes);
    const length = readSync(file, buffer, 0, buffer.length, Math.max(0, statSync(path).size - buffer.length));
    return buffer.subarray(buffer.indexOf('\n') + 1, length);
  } finally {
    closeSync(file);
  }
}
