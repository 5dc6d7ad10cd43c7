import { rmSync } from 'node:fs';
import type { ContainerSpec } from '../plan/container-spec.ts';
import type { EventName, PublishedPort } from '../plan/types.ts';
import { isAlive, type ProcessId, readBootId } from '../process/process-table.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { Holder } from './holder.ts';

/**
 * `sandbox.json`: the processes that make up a running workspace. Written before the first of them is started, so
 * that remains of a start that was cut off are known as such.
 */
export interface SandboxState {
  readonly format: 1;
  readonly bootId: string;
  /** Absent while the start has not come that far. */
  readonly holder?: Holder;
  /** Names the user namespace; every process in the workspace's containers shares it. */
  readonly userNamespace?: string;
  /** The mounts that all containers share are made: containers can be started. */
  readonly isStaged: boolean;
  readonly network?: ProcessId;
  /** Why there is no outbound network, when there is none. */
  readonly networkProblem?: string;
  /** In the shared network, by container; those that come later are added. */
  readonly sharedNames?: readonly string[];
  /** Further names in the shared network, by container. */
  readonly sharedAliases?: Readonly<Record<string, readonly string[]>>;
  /** Subnets of the networks that several containers share, in CIDR notation, by name. */
  readonly subnets?: Readonly<Record<string, string>>;
  /** Networks of containers that have one of their own, by container. */
  readonly networks?: Readonly<Record<string, DedicatedNetwork>>;
  /** Carry connections to the machine's package index: one from the start, further ones for networks that came later. */
  readonly indexRelays?: readonly IndexRelay[];
  readonly supervisor?: ProcessId;
  readonly ports: readonly PublishedPort[];
  readonly finishedEvents: readonly EventName[];
}

/** Takes connections at some addresses; without a process while it is being started. */
export interface IndexRelay {
  readonly addresses: readonly string[];
  readonly process?: ProcessId;
}

/** A container's place in a network of several. */
export interface Cable {
  readonly network: string;
  readonly address: string;
  readonly aliases?: readonly string[];
}

/** The network of one container, and its way out. */
export interface DedicatedNetwork {
  /** Its cables, each to a network where others reach it. */
  readonly cables: readonly Cable[];
  /** What its spec says of names, as ContainerSpec has it. */
  readonly hostname?: string;
  readonly extraHosts?: ContainerSpec['extraHosts'];
  readonly resolver?: readonly string[];
  readonly process?: ProcessId;
  /** Why it has no way out, when it has none. */
  readonly problem?: string;
}

export function readSandboxState(paths: WorkspacePaths): SandboxState | undefined {
  return readJsonFile<SandboxState>(paths.sandbox);
}

/** Changes parts of the state; the caller holds the workspace's lock. */
export function updateSandboxState(paths: WorkspacePaths, change: Partial<SandboxState>): SandboxState {
  const before = readSandboxState(paths) ?? {
    format: 1,
    bootId: readBootId(),
    isStaged: false,
    ports: [],
    finishedEvents: [],
  };
  const after: SandboxState = { ...before, ...change };
  writeJsonFile(paths.sandbox, after);
  return after;
}

export function removeSandboxState(paths: WorkspacePaths): void {
  rmSync(paths.sandbox, { force: true });
}

/** The holder, if it lives in this boot of the machine and its mounts were made. */
export function liveHolder(state: SandboxState | undefined): Holder | undefined {
  if (state?.holder === undefined || !state.isStaged || state.bootId !== readBootId()) return undefined;
  return isAlive(state.holder) ? state.holder : undefined;
}
