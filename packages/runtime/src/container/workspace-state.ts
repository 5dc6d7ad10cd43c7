import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventName, PublishedPort } from '../plan/types.ts';
import type { ProcessId } from '../process/process-table.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { type WorkspacePaths } from '../state/paths.ts';

/**
 * `containers.json`: what of a running workspace the engine cannot keep, because labels never change. It counts for one
 * start of the hub and no other; without it the containers are still found by their labels.
 */
export interface ContainersState {
  readonly format: 1;
  /** When the hub was started, as the engine tells it. */
  readonly hubStartedAt: string;
  /** Names the run of the workspace, from its start to its stop; what was started in it has the name too. */
  readonly run?: string;
  readonly supervisor?: ProcessId;
  readonly indexRelay?: ProcessId;
  readonly ports: readonly PublishedPort[];
  readonly finishedEvents: readonly EventName[];
  /** Networks that the hub is in, by their names at the engine. */
  readonly networks?: readonly string[];
  /** Names that the shared network has in hosts(5). */
  readonly names: readonly string[];
  /** Further names in it, by container. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
}

function fileOf({ root }: WorkspacePaths): string {
  return join(root, 'containers.json');
}

export function readContainersState(paths: WorkspacePaths): ContainersState | undefined {
  return readJsonFile<ContainersState>(fileOf(paths));
}

/** Changes parts of the state; the caller holds the workspace's lock. */
export function updateContainersState(paths: WorkspacePaths, change: Partial<ContainersState>): void {
  const before = readContainersState(paths) ?? {
    format: 1,
    hubStartedAt: '',
    ports: [],
    finishedEvents: [],
    names: [],
  };
  writeJsonFile(fileOf(paths), { ...before, ...change });
}

export function removeContainersState(paths: WorkspacePaths): void {
  rmSync(fileOf(paths), { force: true });
}
