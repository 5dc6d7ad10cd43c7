import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { writeCacheFile } from '@devstead/runtime/workspace';
import { readLimitedFile } from '../read-limited-file.ts';
import type { Questions } from './machine.ts';

/** A reading as it lies on the disk. */
export interface KeptReading {
  /** What is to be asked again. */
  readonly questions: Questions;
  readonly salt: string;
  /** What was read, sealed with the answers. */
  readonly sealed: string;
}

/** What the folder may hold; beyond that those go that were not used for longest. */
export const keptLimits = { count: 200, bytes: 64 * 1024 * 1024, bytesOfOne: 8 * 1024 * 1024, questions: 2000 };

/** A kept reading; undefined where there is none that can be used. */
export function findKeptReading(path: string): KeptReading | undefined {
  const answer = readLimitedFile(path, keptLimits.bytesOfOne);
  if (!('text' in answer)) return undefined;
  let kept: unknown;
  try {
    kept = JSON.parse(answer.text);
  } catch {
    return undefined;
  }
  return isKeptReading(kept) ? kept : undefined;
}

function isKeptReading(kept: unknown): kept is KeptReading {
  const { questions, salt, sealed } = (kept ?? {}) as Partial<KeptReading>;
  const lists = [questions?.files, questions?.variables];
  return (
    typeof salt === 'string' &&
    typeof sealed === 'string' &&
    lists.every((list) => Array.isArray(list) && list.every((word) => typeof word === 'string'))
  );
}

/** Notes that a kept reading was of use, so that others go before it. */
export function noteUse(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Another command has removed it, or it is somebody else's.
  }
}

/** Keeps a reading, and lets go of others where there are too many. What cannot be kept is read again next time. */
export function keepReading(folder: string, name: string, kept: KeptReading): void {
  const { files, variables } = kept.questions;
  if (files.length + variables.length > keptLimits.questions) return;
  if (Buffer.byteLength(JSON.stringify(kept, null, 2)) >= keptLimits.bytesOfOne) return;
  try {
    writeCacheFile(join(folder, name), kept);
    removeUnused(folder);
  } catch {
    // A cache that cannot be written costs time and nothing else.
  }
}

function removeUnused(folder: string): void {
  const lastUsedFirst = readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      // Another command may have removed it.
      const info = statSync(path, { throwIfNoEntry: false });
      return info === undefined ? [] : [{ path, size: info.size, mtimeMs: info.mtimeMs }];
    })
    .sort((one, other) => other.mtimeMs - one.mtimeMs);
  let bytes = 0;
  for (const [index, { path, size }] of lastUsedFirst.entries()) {
    bytes += size;
    if (index >= keptLimits.count || bytes > keptLimits.bytes) rmSync(path, { force: true });
  }
}
