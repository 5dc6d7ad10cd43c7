import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { runSourceStep } from '../execute/run-source-step.ts';
import { withDependents } from '../execute/with-dependents.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { endIndexWithLast } from '../index-service/index-service.ts';
import type { Step } from '../plan/types.ts';
import { runEventCommand } from '../running/run-event-command.ts';
import { listFolder } from '../state/list-folder.ts';
import type { ContainerContext } from './container-context.ts';
import { type CreateInput, commitLayer, createContainer } from './create-container.ts';
import {
  hasNetwork,
  ifThere,
  isDoneAlready,
  isPrepared,
  listContainers,
  removeContainer,
} from './engine-containers.ts';
import { startExec } from './exec/start-exec.ts';
import { startHeld } from './hold/start-held.ts';
import { removeName, startHub } from './hub/start-hub.ts';
import { containerName, hubName, layerTag, volumeName, workspaceFilter } from './labels.ts';
import { loadImage } from './load-image.ts';
import { listMade } from './observe.ts';
import { prepareStart } from './prepare-start.ts';
import { waitUntilFinished, waitUntilReady } from './readiness.ts';
import { killContainer, startContainer, stopContainer } from './start-container.ts';
import { startIndexRelay, startSupervisor, stopSupervisor, stopWorkers } from './supervisor/start-supervisor.ts';
import { copyEngineVolumes } from './volumes/copy-volumes.ts';
import { forgetNewVolume, newVolumesFile } from './volumes/give-volumes.ts';
import { listVolumes } from './volumes/list-volumes.ts';
import { removeRooms, settleRooms } from './volumes/volume-room.ts';
import { readContainersState, removeContainersState, updateContainersState } from './workspace-state.ts';

/** Carries out one step of a plan at an engine. */
export async function runContainerStep(
  context: ContainerContext,
  step: Step,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { paths, settings } = context;
  signal.throwIfAborted();
  switch (step.kind) {
    case 'image.build':
    case 'image.pull':
    case 'project.clone':
    case 'starter.fetch':
    case 'worktree.remove':
      return runSourceStep(step, { paths, settings, idMap: () => openIdMap(settings), report, signal });
    case 'image.load':
      await loadImage(context, step.image, report, signal);
      return;
    case 'remains.remove':
    case 'sandbox.stop':
      return stopHub(context);
    case 'sandbox.start': {
      await settleRooms(context);
      await startHub(context, step.containers, report, signal);
      const { limitsMemory, limitsProcessors } = await context.capabilities();
      const isAsked = step.containers.some(
        ({ resources: r }) =>
          (r.memoryLimitBytes !== undefined && !limitsMemory) || (r.cpuLimitMillis !== undefined && !limitsProcessors),
      );
      if (isAsked)
        report.note('the engine cannot limit memory or processors here: containers run without these limits');
      return;
    }
    case 'volumes.copy':
      await settleRooms(context);
      return copyEngineVolumes(context, { from: step.from, volumes: step.volumes, report, signal });
    case 'network.connect':
      // The engine's networks lead out by themselves.
      if (step.spec === undefined) await context.hub.need();
      return;
    case 'index.connect':
      await context.held.idle();
      await context.hub.need();
      return startIndexRelay(context);
    case 'container.create':
      await makeAhead(context, step, report, signal);
      return;
    case 'container.start':
      return startContainer(context, step, report, signal);
    case 'container.ready':
    case 'container.finish':
      try {
        return step.kind === 'container.ready'
          ? await waitUntilReady(context, step, signal)
          : await waitUntilFinished(context, step.spec.name, signal);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (step.isBestEffort !== true) throw withDependents(error, step.dependents);
        return report.note(error.message);
      }
    case 'container.stop':
      return step.signal === undefined
        ? stopContainer(context, step.container, step.graceMs)
        : killContainer(context, step.container, step.signal);
    case 'container.pause':
    case 'container.resume':
      return pause(context, step.container, step.kind === 'container.pause' ? 'pause' : 'unpause');
    case 'container.remove': {
      await removeContainer(context, containerName(context, step.container));
      await removeLayer(context, step.container);
      await removeName(context, step.container);
      return rmSync(paths.container(step.container).root, { recursive: true, force: true });
    }
    case 'command.run':
      return runEventCommand(paths, (request) => startExec(context, request), step, report, signal);
    case 'event.finish': {
      await context.hub.need();
      const finished = readContainersState(paths)?.finishedEvents ?? [];
      return updateContainersState(paths, { finishedEvents: [...finished, step.event] });
    }
    case 'ports.publish':
      await context.hub.need();
      return startSupervisor(context, step.ports);
    case 'supervisor.stop':
      return stopSupervisor(context);
    case 'volume.remove': {
      const { client } = await context.engine();
      await settleRooms(context);
      await (step.endsWorkspace === true ? removeContainers(context) : removeHolders(context, step.volume));
      await ifThere(client.call('DELETE', `/volumes/${volumeName(context, step.volume)}`, { query: { force: true } }));
      return forgetNewVolume(context, step.volume);
    }
    case 'volume.carry':
    case 'runtime.switch':
      throw new AppError('INTERNAL', `${step.kind} is nothing that one runtime does alone`);
    case 'runtime.leave':
      await leaveEngine(context, false);
      return;
    case 'workspace.remove':
      return removeWorkspace(context, step.keepsVolumes);
  }
}

/** Makes a container that waits for others, and has all of its start done but the begin of its program. */
async function makeAhead(
  context: ContainerContext,
  input: CreateInput,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { preparesStarts } = await context.capabilities();
  // Podman does one thing at a time for many of its locks: who is wanted now comes first.
  if (preparesStarts) await context.held.settleWanted();
  const created = await createContainer(context, input, report, signal);
  context.created.set(input.specHash, created);
  const { spec } = input;
  if (preparesStarts) context.held.begin(spec.name, () => prepareStart(context, spec.name));
  else if (created.canBeHeld) context.held.begin(spec.name, () => startHeld(context, spec));
}

async function pause(context: ContainerContext, container: string, verb: 'pause' | 'unpause'): Promise<void> {
  const { client } = await context.engine();
  await client.call('POST', `/containers/${containerName(context, container)}/${verb}`).catch((error: unknown) => {
    if (!isDoneAlready(error)) throw error;
  });
}

/** Ends whatever of the workspace runs; containers and the hub stay, so that layers do. */
async function stopHub(context: ContainerContext): Promise<void> {
  const { client } = await context.engine();
  await context.hub.forget();
  await stopWorkers(context);
  const found = await listContainers(context);
  const running = [...found].filter(([name, one]) => name !== '' && (one.State.Running || isPrepared(one)));
  await Promise.all(running.map(([, { Id }]) => end(Id, 1)));
  if (found.get('')?.State.Running === true) await end(hubName(context), 2);
  removeContainersState(context.paths);
  await endIndexWithLast(context.settings.stateFolder, context.paths.root);

  async function end(id: string, seconds: number): Promise<void> {
    await client.call('POST', `/containers/${id}/stop`, { query: { t: seconds } }).catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
  }
}

/** A volume goes only when no container has it, be it one that is stopped. */
async function removeHolders(context: ContainerContext, volume: string): Promise<void> {
  const { client } = await context.engine();
  const query = { all: true, filters: JSON.stringify({ volume: [volumeName(context, volume)] }) };
  const rows = await client.call<readonly { Id: string; State: string; Names: readonly string[] }[]>(
    'GET',
    '/containers/json',
    { query },
  );
  for (const { Id, State } of rows) {
    if (State === 'running') throw new AppError('INTERNAL', `the volume ${volume} is in use`);
    // It is made anew with the next start, and keeps its layer. Another of its volumes may be going at the same time.
    await context.join(`removal of ${Id}`, async () => {
      await commitLayer(context, Id);
      await removeContainer(context, Id);
    });
  }
}

/** Removes all containers but the hub: first those that are in the network of another, which Podman ties to it. */
function removeContainers(context: ContainerContext): Promise<void> {
  return context.join('removal of containers', async () => {
    const found = [...(await listContainers(context))].filter(([name]) => name !== '').map(([, one]) => one);
    for (const isOwner of [false, true]) {
      const next = found.filter((one) => hasNetwork(one) === isOwner);
      await Promise.all(next.map(({ Id }) => removeContainer(context, Id)));
    }
  });
}

async function removeLayer(context: ContainerContext, container: string): Promise<void> {
  const { client } = await context.engine();
  await ifThere(client.call('DELETE', `/images/${layerTag(context, container)}`, { query: { force: true } }));
}

/** Removes what bears the workspace's label, and its folder; where volumes stay, so does the record that says whose they are. */
async function removeWorkspace(context: ContainerContext, keepsVolumes: boolean): Promise<void> {
  const { paths } = context;
  const left = await leaveEngine(context, keepsVolumes);
  const hasProjects = listFolder(paths.projects).length > 0;
  const isKept = keepsVolumes && (left.length > 0 || hasProjects);
  const kept = isKept ? [paths.projects, paths.record, newVolumesFile(paths)] : [];
  for (const entry of listFolder(paths.root)) {
    const path = join(paths.root, entry);
    if (!kept.includes(path)) rmSync(path, { recursive: true, force: true });
  }
  if (!isKept) rmSync(paths.root, { recursive: true, force: true });
}

/** Removes what bears the workspace's label at the engine; returns the volumes that stay. */
async function leaveEngine(context: ContainerContext, keepsVolumes: boolean): Promise<readonly string[]> {
  const { client } = await context.engine();
  const [found] = await Promise.all([listContainers(context), removeRooms(context)]);
  if (found.get('')?.State.Running === true) throw new AppError('INTERNAL', 'the workspace is still running');
  await removeContainers(context);
  const names = new Set([...found.keys(), ...listMade(context)]);
  names.delete('');
  // Who is in a network holds it.
  await Promise.all([
    removeContainer(context, hubName(context)).then(() => removeNetworks(context)),
    ...[...names].map((name) => removeLayer(context, name)),
  ]);
  const volumes = await listVolumes(context);
  if (keepsVolumes) return volumes;
  await Promise.all(
    volumes.map((volume) =>
      ifThere(client.call('DELETE', `/volumes/${volumeName(context, volume)}`, { query: { force: true } })),
    ),
  );
  return [];
}

/** By their ids: names are not unique at Docker. */
async function removeNetworks(context: ContainerContext): Promise<void> {
  const { client } = await context.engine();
  const networks = await client.call<readonly { Id: string }[]>('GET', '/networks', {
    query: workspaceFilter(context),
  });
  await Promise.all(networks.map(({ Id }) => ifThere(client.call('DELETE', `/networks/${Id}`))));
}
