import { existsSync } from 'node:fs';
import type { OneOff } from '../plan/container-spec.ts';
import type { Observed, ObservedContainer } from '../plan/types.ts';
import { isAlive } from '../process/process-table.ts';
import { isProjectThere } from '../projects/is-project-there.ts';
import { readHealth } from '../state/health-record.ts';
import { listImageDigests } from '../state/image-records.ts';
import { readJsonFile } from '../state/json-file.ts';
import { listFolder } from '../state/list-folder.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { type RestartRecord } from '../state/restart-record.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import { beganAt, type EngineContainer, hasNetwork, hasRun, isPrepared, listContainers } from './engine-containers.ts';
import { isMarkedHeld } from './hold/gate.ts';
import { imageTag, labels } from './labels.ts';
import { listVolumes } from './volumes/list-volumes.ts';
import { findHalfCopy } from './volumes/volume-room.ts';
import { type ContainersState, readContainersState } from './workspace-state.ts';

/** Looks at a workspace: what bears its label at the engine, and beside it what only this machine knows. */
export async function observeContainers(
  context: ContainerContext,
  clonePaths: readonly string[] = [],
): Promise<Observed> {
  const { paths, settings } = context;
  // What this process began shows when it is over.
  await context.hub.settle();
  const images = listImageDigests(settings.stateFolder);
  const [found, volumes, loadedImages] = await Promise.all([
    listContainers(context),
    listVolumes(context),
    listLoaded(context, images),
  ]);
  const hub = found.get('');
  const isRunning = hub?.State.Running === true;
  const state = tolerate(() => readContainersState(paths));
  const own = isRunning && state?.hubStartedAt === hub.State.StartedAt ? state : undefined;
  const isSupervised = own?.supervisor !== undefined && isAlive(own.supervisor);
  // They end by themselves a moment after their hub did, or when an engine that does not answer comes back without it.
  const left = isRunning || state === undefined ? undefined : findWorkers(state);
  const containers = [...found].filter(([name]) => name !== '').toSorted(([a], [b]) => (a < b ? -1 : 1));
  const gone = listMade(context).filter((name) => !found.has(name));
  return {
    isSandboxRunning: isRunning,
    containers: Object.fromEntries(
      [
        ...containers.map(([name, one]) => [name, describeContainer(context, name, one, isRunning)] as const),
        ...gone.flatMap((name) => describeGone(context, name)),
      ].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    // One that was to be a copy is made anew.
    volumes: volumes.filter((volume) => volume !== findHalfCopy(context)),
    images,
    loadedImages,
    publishedPorts: isSupervised ? mapPorts(own.ports) : {},
    ...(left === undefined ? {} : { leftPorts: mapPorts(left.ports) }),
    // The engine's networks lead out by themselves.
    isConnected: isRunning,
    connectedContainers: containers.flatMap(([name, one]) => (hasNetwork(one) ? [name] : [])),
    isSupervised,
    isIndexRelayed: own?.indexRelay !== undefined && isAlive(own.indexRelay),
    finishedEvents: own?.finishedEvents ?? [],
    projects: clonePaths.filter((path) => isProjectThere(paths.projects, path)),
    hasRemains:
      !isRunning && (left !== undefined || containers.some(([, one]) => one.State.Running || isPrepared(one))),
  };
}

/** Host ports of endpoints that the workspace's supervisor serves, by the name of the endpoint; none without it. */
export function listPublishedPorts({ paths }: ContainerContext): Observed['publishedPorts'] {
  const { supervisor, ports } = tolerate(() => readContainersState(paths)) ?? {};
  return supervisor !== undefined && isAlive(supervisor) ? mapPorts(ports ?? []) : {};
}

/** What works for the workspace beside its containers; undefined where nothing does. */
function findWorkers({ supervisor, indexRelay, ports }: ContainersState): Pick<ContainersState, 'ports'> | undefined {
  const isSupervised = supervisor !== undefined && isAlive(supervisor);
  if (isSupervised) return { ports };
  return indexRelay !== undefined && isAlive(indexRelay) ? { ports: [] } : undefined;
}

function mapPorts(ports: ContainersState['ports']): Record<string, number> {
  return Object.fromEntries(ports.map(({ endpoint, hostPort }) => [endpoint, hostPort]));
}

function describeContainer(
  { paths }: ContainerContext,
  name: string,
  container: EngineContainer,
  isWorkspaceRunning: boolean,
): ObservedContainer {
  const { State, Config, Created } = container;
  const own = Config.Labels ?? {};
  const at = paths.container(name);
  const made = existsSync(at.made) ? tolerate(() => readMadeContainer(at)) : undefined;
  const spec = made?.specHash === own[labels.specHash] ? made?.spec : undefined;
  const common = {
    specHash: own[labels.specHash] ?? '',
    imageDigest: own[labels.image] ?? '',
    ...(spec === undefined ? {} : { spec }),
    ...(spec?.oneOff !== undefined && isAbandoned(spec.oneOff, State.Running) ? { isAbandoned: true as const } : {}),
    restarts: tolerate(() => readJsonFile<RestartRecord>(at.restarts))?.count ?? 0,
    ...(Number.isNaN(Date.parse(Created)) ? {} : { layerSince: made?.layerSince ?? Date.parse(Created) }),
  };
  // Only its network is there: its program has not begun.
  if (isMarkedHeld(at.hold)) return { ...common, state: 'stopped' };
  if (State.Running) {
    const health = spec?.health === undefined ? undefined : (tolerate(() => readHealth(at))?.status ?? 'starting');
    return {
      ...common,
      state: 'running',
      startedAt: beganAt(container, made),
      ...(health === undefined ? {} : { health }),
      ...(made?.isEnding === undefined ? {} : { isEnding: true as const }),
      ...(State.Paused === true ? { isPaused: true as const } : {}),
    };
  }
  // What ended before belongs to an earlier run of the workspace.
  const isOfThisRun = made?.run === tolerate(() => readContainersState(paths))?.run;
  return isWorkspaceRunning && isOfThisRun && hasRun(container)
    ? { ...common, state: 'exited', exitCode: State.ExitCode }
    : { ...common, state: 'stopped' };
}

/** Containers that were made here, whatever became of them at the engine. */
export function listMade({ paths }: ContainerContext): string[] {
  const names = listFolder(paths.containers);
  return names.filter((name) => existsSync(paths.container(name).made));
}

/** One that the engine does not have: its volumes went, or somebody removed it. Its layer may be kept. */
function describeGone({ paths }: ContainerContext, name: string): (readonly [string, ObservedContainer])[] {
  const made = tolerate(() => readMadeContainer(paths.container(name)));
  if (made === undefined) return [];
  const { spec, specHash, imageDigest } = made;
  return [[name, { state: 'stopped', specHash, imageDigest, spec, restarts: 0 }]];
}

/** One without an owner that passes is to go when it has ended. */
function isAbandoned({ owner, isPassing }: OneOff, isRunning: boolean): boolean {
  return owner === undefined ? isPassing === true && !isRunning : !isAlive(owner);
}

/** Digests of the store's images that the engine has too. */
async function listLoaded(context: ContainerContext, images: Readonly<Record<string, string>>): Promise<string[]> {
  const { client } = await context.engine();
  const rows = await client.call<readonly { RepoTags: readonly string[] | null }[]>('GET', '/images/json', {
    // Podman takes long to tell of all it has.
    query: { filters: JSON.stringify({ reference: [imageTag('*', '*')] }) },
  });
  const tags = new Set(rows.flatMap(({ RepoTags }) => RepoTags ?? []));
  return Object.entries(images).flatMap(([name, digest]) => (tags.has(imageTag(name, digest)) ? [digest] : []));
}
