import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { logLimitBytes } from '../../running/log-lines.ts';
import { listFolder } from '../../state/list-folder.ts';
import { groupReadable } from '../../state/made-container.ts';
import type { WorkspacePaths } from '../../state/paths.ts';
import { readEnd } from '../../state/read-end.ts';
import { olderLog } from '../read-logs.ts';

/**
 * Cuts logs that have grown over the limit; the newest of what they had is kept in one older file. conmon goes on
 * writing at the end. Returns the size of the largest as it was: bytes.
 */
export function limitLogs(paths: WorkspacePaths): number {
  let largest = 0;
  for (const container of listFolder(paths.containers)) {
    const { log } = paths.container(container);
    const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    largest = Math.max(largest, size);
    if (size > logLimitBytes) cutLog(log);
  }
  return largest;
}

/** A container may be removed meanwhile, and its log with it. */
function cutLog(log: string): void {
  // On a disk that is full the cut is what makes room again.
  unless(['ENOSPC', 'EDQUOT', 'ENOENT'], () =>
    writeFileSync(olderLog(log), readLastLines(log), { mode: groupReadable }),
  );
  unless(['ENOENT'], () => truncateSync(log, 0));
}

const lookMs = { first: 500, least: 100, most: 5000 } as const;

/**
 * When to look at the logs again, from the time since the last look and what the largest log had then: soon where one
 * grows fast, so that it takes little more than its limit, and rarely where nobody prints. Milliseconds.
 */
export function chooseNextLook(sinceLastMs: number | undefined, largestBytes: number): number {
  if (sinceLastMs === undefined) return lookMs.first;
  const wanted = largestBytes > logLimitBytes ? sinceLastMs * (logLimitBytes / largestBytes) : sinceLastMs * 2;
  return Math.round(Math.min(lookMs.most, Math.max(lookMs.least, wanted)));
}

function unless(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** The last whole lines of a log, at most as many bytes as a log may have. */
function readLastLines(log: string): Buffer {
  const end = readEnd(log, logLimitBytes);
  return end.subarray(end.indexOf('\n') + 1);
}
