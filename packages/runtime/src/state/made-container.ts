import type { ContainerSpec } from '../plan/container-spec.ts';
import type { ProcessId } from '../process/process-table.ts';
import { readJsonFile } from './json-file.ts';
import type { ContainerPaths } from './paths.ts';

/**
 * For a normal user the supervisor is the sandbox's own root, whose group is the user's: what it writes is read by the
 * user through the group.
 */
export const groupReadable = 0o640;

/** What is kept on disk about a container: from what it was made, so that a later start can tell whether it still fits. */
export interface MadeContainer {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  readonly imageDigest: string;
  /** The process that runs in it, while it runs. */
  readonly init?: ProcessId;
  readonly startedAt?: number;
  /** When its own files began: milliseconds since 1970. */
  readonly layerSince?: number;
  /** Set before its process is asked to end: whoever finds it still running must not take it for one that stays. */
  readonly isEnding?: true;
  /** Set while a supervisor starts it again: should that be killed meanwhile, the next one does. */
  readonly isRestarting?: true;
  /** The run of the workspace in which it was last started, where it is an engine that tells of its end. */
  readonly run?: string;
  /** Its processes stand still until it is resumed. */
  readonly isPaused?: true;
}

export function readMadeContainer(paths: ContainerPaths): MadeContainer | undefined {
  return readJsonFile<MadeContainer>(paths.made);
}
