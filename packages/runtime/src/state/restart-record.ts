import { readJsonFile, writeJsonFile } from './json-file.ts';
import { groupReadable } from './made-container.ts';
import type { ContainerPaths } from './paths.ts';

/** How often a container ended by itself, kept on disk for `status` and for the next supervisor. */
export interface RestartRecord {
  readonly count: number;
  /** Those without a minute between them, by which the pause before the next restart is measured. */
  readonly inARow: number;
  /** ISO 8601. */
  readonly lastAt: string;
  readonly lastExitCode: number;
}

export function readRestarts(paths: ContainerPaths): RestartRecord | undefined {
  return readJsonFile<RestartRecord>(paths.restarts);
}

export function writeRestarts(paths: ContainerPaths, record: RestartRecord): void {
  writeJsonFile(paths.restarts, record, groupReadable);
}

/** A container that somebody starts is not held to how it ended before. */
export function forgetFailures(paths: ContainerPaths): void {
  const record = readRestarts(paths);
  if (record !== undefined && record.inARow !== 0) writeRestarts(paths, { ...record, inARow: 0 });
}
