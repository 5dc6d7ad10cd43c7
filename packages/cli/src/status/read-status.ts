import type { Environment } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import type { Inspection, Observed, Runtime, RuntimeName, Workspace } from '@devstead/runtime';
import { describePlace, readRecordedEnvironment } from '@devstead/runtime';
import { type Address, describeState, listAddresses, type WorkspaceState, withoutWaiting } from '../workspace-view.ts';

/** What `devstead status --output json` prints. Times are ISO 8601, sizes bytes. */
export interface Status {
  readonly schemaVersion: 'status/v1';
  readonly workspace: { readonly id: string; readonly name: string; readonly folder: string };
  readonly state: WorkspaceState;
  /** What it runs on: containers without an engine, or those of Docker or Podman. */
  readonly runtime: RuntimeName;
  /** Address of the engine. */
  readonly engine?: string;
  readonly containers: readonly ContainerStatus[];
  readonly addresses: readonly Address[];
  readonly volumes: readonly VolumeStatus[];
  /** Events whose commands have all ended well since the start. */
  readonly finishedEvents: readonly string[];
  /** Why containers do not reach other networks, when they do not. */
  readonly networkProblem?: string;
}

export interface ContainerStatus {
  readonly name: string;
  /** `absent`: never started, or removed. */
  readonly state: 'running' | 'exited' | 'stopped' | 'absent';
  readonly isReady: boolean;
  readonly startedAt?: string;
  /** Of a container that is not running because its program ended. */
  readonly exitCode?: number;
  /** What its health check says, where it has one. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  readonly restarts: number;
  /** How it ended before its last restart. */
  readonly lastExitCode?: number;
  readonly memoryBytes?: number;
  readonly memoryLimitBytes?: number;
  /** Why its image's own command is not run, when it is not. */
  readonly keptAlive?: string;
  /** Commands that start it, where it does not start with the workspace. */
  readonly appliedBy?: readonly string[];
  /** Where the workspace's other containers reach one that has a network of its own. */
  readonly address?: string;
  /** Why that network does not reach other ones, when it does not. */
  readonly networkProblem?: string;
}

interface VolumeStatus {
  readonly name: string;
  /** Absent when the volume does not exist yet. */
  readonly usedBytes?: number;
  /** What the devfile asks for; it is not enforced. */
  readonly declaredBytes?: number;
  readonly isEphemeral: boolean;
}

/** Looks at everything there is to say about a workspace. */
export async function readStatus(workspace: Workspace, runtime: Runtime): Promise<Status> {
  const environment = readRecordedEnvironment(workspace);
  const observed = await runtime.observe();
  const engine = await runtime.findEngine();
  const names = environment?.containers.flatMap(listContainerNames) ?? Object.keys(observed.containers);
  const [inspection, used] = await Promise.all([runtime.inspect(names), runtime.measureVolumes()]);
  const { id, name, record } = workspace;
  return {
    schemaVersion: 'status/v1',
    workspace: { id, name, folder: record.folder },
    state: describeState(environment, observed),
    runtime: runtime.name,
    ...(engine === undefined ? {} : { engine: describePlace(engine.place) }),
    containers: names.map((container) => describeContainer(container, environment, observed, inspection)),
    addresses: listAddresses(withoutWaiting(environment, observed), observed.publishedPorts),
    volumes: listVolumes(environment, used),
    finishedEvents: observed.finishedEvents,
    ...(inspection.networkProblem === undefined ? {} : { networkProblem: inspection.networkProblem }),
  };
}

function describeContainer(
  name: string,
  environment: Environment | undefined,
  observed: Observed,
  inspection: Inspection,
): ContainerStatus {
  const found = observed.containers[name];
  const described = environment?.containers.find((container) => listContainerNames(container).includes(name));
  const limit = described?.resources.memoryLimitBytes;
  const appliedBy = described?.appliedBy;
  const { isReady = false, ...inside } = inspection.containers[name] ?? {};
  return {
    name,
    state: found?.state ?? 'absent',
    isReady,
    restarts: found?.restarts ?? 0,
    ...(found?.startedAt === undefined ? {} : { startedAt: new Date(found.startedAt).toISOString() }),
    ...(found?.exitCode === undefined ? {} : { exitCode: found.exitCode }),
    ...(found?.health === undefined ? {} : { health: found.health }),
    ...inside,
    ...(limit === undefined ? {} : { memoryLimitBytes: limit }),
    ...(appliedBy === undefined ? {} : { appliedBy }),
  };
}

/** The volumes the environment asks for, then those that are left of an earlier one. */
function listVolumes(environment: Environment | undefined, used: Readonly<Record<string, number>>): VolumeStatus[] {
  const declared = (environment?.volumes ?? []).map(({ name, sizeBytes, ephemeral }) => ({
    name,
    isEphemeral: ephemeral,
    ...(sizeBytes === undefined ? {} : { declaredBytes: sizeBytes }),
  }));
  const names = new Set(declared.map(({ name }) => name));
  const left = Object.keys(used).filter((name) => !names.has(name));
  return [...declared, ...left.map((name) => ({ name, isEphemeral: false }))].map((volume) => {
    const usedBytes = used[volume.name];
    return usedBytes === undefined ? volume : { ...volume, usedBytes };
  });
}
