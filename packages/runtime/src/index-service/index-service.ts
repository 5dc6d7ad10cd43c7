import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readContainersState } from '../container/workspace-state.ts';
import { buildPrefix, isOwned } from '../images/owned-name.ts';
import { identify, isAlive, type ProcessId, signalProcess } from '../process/process-table.ts';
import { waitForEnd } from '../process/wait-for-end.ts';
import { liveHolder, readSandboxState } from '../sandbox/sandbox-state.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { type WorkspacePaths, workspacePaths } from '../state/paths.ts';
import { tolerate } from '../state/tolerate.ts';
import { indexFolder } from './index-place.ts';

/** The process that serves the index of a state folder to its workspaces. */
export interface IndexService extends ProcessId {
  readonly format: 1;
  /** It was started because a workspace asked for it, and ends with the last one. */
  readonly isOnDemand: boolean;
}

/** Why the index could not be started when a workspace asked for it. */
export interface IndexFailure {
  readonly format: 1;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
}

function servicePath(stateFolder: string): string {
  return join(indexFolder(stateFolder), 'service.json');
}

function failurePath(stateFolder: string): string {
  return join(indexFolder(stateFolder), 'failure.json');
}

/** The live process that serves the index, if there is one. */
function readIndexService(stateFolder: string): IndexService | undefined {
  const service = tolerate(() => readJsonFile<IndexService>(servicePath(stateFolder)));
  return service !== undefined && isAlive(service) ? service : undefined;
}

/** Written by the process that serves the index about itself; `undefined` when it ends. A failure is forgotten with it. */
export function recordIndexService(stateFolder: string, service: Pick<IndexService, 'isOnDemand'> | undefined): void {
  const self = identify(process.pid);
  if (service === undefined || self === undefined) rmSync(servicePath(stateFolder), { force: true });
  else {
    const record: IndexService = { format: 1, ...self, ...service };
    writeJsonFile(servicePath(stateFolder), record);
    rmSync(failurePath(stateFolder), { force: true });
  }
}

export function recordIndexFailure(stateFolder: string, failure: Omit<IndexFailure, 'format'>): void {
  const record: IndexFailure = { format: 1, ...failure };
  writeJsonFile(failurePath(stateFolder), record);
}

/** Why the index could not be started, while it is worth no other try. */
export function readIndexFailure(stateFolder: string, now: number): IndexFailure | undefined {
  const path = failurePath(stateFolder);
  if (!existsSync(path)) return undefined;
  const failure = tolerate(() => readJsonFile<IndexFailure>(path));
  return failure !== undefined && now - failure.at < failureCountsMs ? failure : undefined;
}

const failureCountsMs = 10 * 60_000;

/** True when one of the workspaces of a state folder runs, of those that count, or an image is built whose steps may ask. */
export function hasRunningWorkspaces(stateFolder: string, counts: (folder: string) => boolean = () => true): boolean {
  if (hasRunningBuilds(stateFolder)) return true;
  const folder = join(stateFolder, 'workspaces');
  if (!existsSync(folder)) return false;
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .some((root) => counts(root) && isRunning(workspacePaths(root)));
}

/** At an engine a workspace is known by the process that carries its connections: it ends with the workspace. */
function isRunning(paths: WorkspacePaths): boolean {
  if (liveHolder(tolerate(() => readSandboxState(paths))) !== undefined) return true;
  const relay = tolerate(() => readContainersState(paths))?.indexRelay;
  return relay !== undefined && isAlive(relay);
}

function hasRunningBuilds(stateFolder: string): boolean {
  const building = join(stateFolder, 'images', 'building');
  return existsSync(building) && readdirSync(building).some((name) => name.startsWith(buildPrefix) && isOwned(name));
}

/** Ends the index that workspaces had started, when the one in this folder was the last, and waits for its end. */
export async function endIndexWithLast(stateFolder: string, ending: string): Promise<void> {
  if (readIndexService(stateFolder)?.isOnDemand !== true) return;
  if (!hasRunningWorkspaces(stateFolder, (root) => root !== ending)) await endIndexOnDemand(stateFolder);
}

/** Ends the index that workspaces had started, and waits for its end; one that somebody serves is left alone. */
export async function endIndexOnDemand(stateFolder: string): Promise<void> {
  const service = readIndexService(stateFolder);
  if (service?.isOnDemand !== true) return;
  signalProcess(service, 'SIGTERM');
  if (await waitForEnd(service, 8000)) return;
  signalProcess(service, 'SIGKILL');
  await waitForEnd(service, 2000);
}
