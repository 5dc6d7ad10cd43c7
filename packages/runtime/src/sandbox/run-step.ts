import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { runSourceStep } from '../execute/run-source-step.ts';
import { withDependents } from '../execute/with-dependents.ts';
import { endIndexWithLast } from '../index-service/index-service.ts';
import type { Step } from '../plan/types.ts';
import { lookUpUser } from '../running/look-up-user.ts';
import { runEventCommand } from '../running/run-event-command.ts';
import { readImage } from '../state/image-records.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { workspacePaths } from '../state/paths.ts';
import { forgetFailures } from '../state/restart-record.ts';
import { tolerate } from '../state/tolerate.ts';
import { connectIndex, connectIndexFurther } from './connect-index.ts';
import { connectNetwork } from './connect-network.ts';
import { crunArgs } from './crun.ts';
import { joinNetwork, leaveNetwork } from './dedicated-network.ts';
import { startExec } from './exec.ts';
import { observeWorkspace } from './observe.ts';
import { pauseContainer, resumeContainer } from './pause-container.ts';
import { reapWorkspace } from './reap.ts';
import { removeInnerFolder } from './remove-inner.ts';
import { requireHolder, type SandboxContext } from './sandbox-context.ts';
import { liveHolder, readSandboxState, removeSandboxState, updateSandboxState } from './sandbox-state.ts';
import { stagePaths } from './stage-paths.ts';
import { createContainer, findCreated, killContainer, startContainer, stopContainer } from './start-container.ts';
import { mountSources, startSandbox } from './start-sandbox.ts';
import { startSupervisor, stopSupervisor } from './supervisor/start-supervisor.ts';
import { waitUntilFinished } from './wait-until-finished.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** Carries out one step of a plan in the sandbox. */
export async function runSandboxStep(
  context: SandboxContext,
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
      return runSourceStep(step, { paths, settings, idMap: () => context.idMap, report, signal });
    case 'image.load':
      // The sandbox runs the store's images as they are.
      return;
    case 'remains.remove':
    case 'sandbox.stop':
      return stopSandbox(context);
    case 'sandbox.start': {
      await startSandbox(context, step.containers);
      const isLimited = step.containers.some(
        ({ resources: r }) => r.memoryLimitBytes !== undefined || r.cpuLimitMillis !== undefined,
      );
      if (context.cgroups === undefined && isLimited) {
        report.note(
          'control groups cannot be written: memory limits hold for each process by itself, processor limits not at all; `devstead doctor` names the command that mends it',
        );
      }
      return;
    }
    case 'volumes.copy': {
      const { copyVolumes } = await import('../branches/copy-volumes.ts');
      const from = workspacePaths(step.from);
      return copyVolumes({ from, to: paths, volumes: step.volumes, idMap: context.idMap, report, signal });
    }
    case 'network.connect': {
      const holder = requireHolder(paths);
      if (step.spec !== undefined) await joinNetwork(context, holder, step.spec);
      const problem = await connectNetwork(context, holder, step.spec?.name);
      const whose = step.spec === undefined ? '' : ` for ${step.spec.name}`;
      if (problem !== undefined) report.note(`no network to outside${whose}: ${problem}`);
      return;
    }
    case 'index.connect': {
      // The containers of the same turn are asked for first: people wait for them, and nobody installs a package at once.
      await new Promise((resolve) => setImmediate(resolve));
      const problem = await connectIndex(context, requireHolder(paths));
      if (problem !== undefined) report.note(`the package index is not reached: ${problem}`);
      return;
    }
    case 'container.create':
    case 'container.start': {
      const holder = requireHolder(paths);
      const { specHash, isNewLayer } = step;
      const image = readImage(settings.stateFolder, step.spec.imageName);
      const spec = lookUpUser(step.spec, settings.stateFolder, image);
      const start = { spec, specHash, image, isNewLayer };
      if (findCreated(context, start) === undefined) {
        await Promise.all([mountSources(context, holder, spec), joinNetwork(context, holder, spec)]);
        const problem = await connectIndexFurther(context, holder);
        if (problem !== undefined) report.note(`the package index is not reached from ${spec.name}: ${problem}`);
      }
      if (step.kind === 'container.create') return createContainer(context, holder, start);
      forgetFailures(paths.container(spec.name));
      await startContainer(context, holder, start);
      return;
    }
    case 'container.ready':
    case 'container.finish':
      try {
        return step.kind === 'container.ready'
          ? await waitUntilReady(context, requireHolder(paths), step, signal)
          : await waitUntilFinished(context, step.spec.name, signal);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (step.isBestEffort !== true) throw withDependents(error, step.dependents);
        return report.note(error.message);
      }
    case 'container.stop': {
      const container = paths.container(step.container);
      const made = readMadeContainer(container);
      if (made === undefined) return;
      return step.signal === undefined
        ? stopContainer(container, made, step.graceMs)
        : killContainer(container, made, step.signal);
    }
    case 'container.pause':
    case 'container.resume': {
      const container = paths.container(step.container);
      const made = readMadeContainer(container);
      if (made === undefined) return;
      return step.kind === 'container.pause' ? pauseContainer(container, made) : resumeContainer(container, made);
    }
    case 'container.remove':
      await leaveContainer(context, step.container);
      return removeInnerFolder(paths.container(step.container).root, context.idMap);
    case 'command.run': {
      const holder = requireHolder(paths);
      return runEventCommand(paths, (request) => startExec(context, holder, request), step, report, signal);
    }
    case 'event.finish': {
      const finished = readSandboxState(paths)?.finishedEvents ?? [];
      updateSandboxState(paths, { finishedEvents: [...finished, step.event] });
      return;
    }
    case 'ports.publish':
      return startSupervisor(context, requireHolder(paths), step.ports);
    case 'supervisor.stop':
      return stopSupervisor(context);
    case 'volume.remove':
      return removeInnerFolder(paths.volume(step.volume), context.idMap);
    case 'volume.carry':
    case 'runtime.switch':
      throw new AppError('INTERNAL', `${step.kind} is nothing that one runtime does alone`);
    case 'runtime.leave':
      return leaveSandbox(context);
    case 'workspace.remove':
      return removeWorkspace(context, step.keepsVolumes);
  }
}

/** Gives back what a container that has ended holds in the workspace's namespaces, its network too. */
async function leaveContainer(context: SandboxContext, name: string): Promise<void> {
  const holder = liveHolder(readSandboxState(context.paths));
  await leaveNetwork(context, holder, name);
  if (holder === undefined) return;
  const words = [name, stagePaths.root(name), stagePaths.folders, ...crunArgs];
  await context.launcher.request({ order: 'end-container', inside: { holder, as: 'innerRoot' }, words });
}

/**
 * Ends every process of the workspace that is left; its namespaces, mounts and network go with the last one. Its control
 * groups, empty now, stay for the next start.
 */
async function stopSandbox(context: SandboxContext): Promise<void> {
  const { paths } = context;
  await reapWorkspace(
    paths.root,
    tolerate(() => readSandboxState(paths)),
  );
  removeSandboxState(paths);
  await endIndexWithLast(context.settings.stateFolder, paths.root);
}

/** Removes a workspace's folder; where volumes stay, so do they, cloned projects and the record that says whose they are. */
async function removeWorkspace(context: SandboxContext, keepsVolumes: boolean): Promise<void> {
  const { paths } = context;
  if (observeWorkspace(paths, {}).isSandboxRunning) throw new AppError('INTERNAL', 'the workspace is still running');
  context.cgroups?.remove(context.id);
  const isKept = keepsVolumes && (hasEntries(paths.volumes) || hasEntries(paths.projects));
  const kept = isKept ? [paths.volumes, paths.projects, paths.record] : [];
  await removeInnerFolder(paths.containers, context.idMap);
  await removeInnerFolder(paths.copying, context.idMap);
  if (kept.length === 0) await removeInnerFolder(paths.volumes, context.idMap);
  for (const entry of readdirSync(paths.root)) {
    const path = join(paths.root, entry);
    if (!kept.includes(path)) rmSync(path, { recursive: true, force: true });
  }
  if (kept.length === 0) rmSync(paths.root, { recursive: true, force: true });
}

/** Removes what only the sandbox has of the workspace. */
async function leaveSandbox({ cgroups, id, idMap, paths }: SandboxContext): Promise<void> {
  if (observeWorkspace(paths, {}).isSandboxRunning) throw new AppError('INTERNAL', 'the workspace is still running');
  cgroups?.remove(id);
  await removeInnerFolder(paths.copying, idMap);
  await removeInnerFolder(paths.volumes, idMap);
}

function hasEntries(path: string): boolean {
  return existsSync(path) && readdirSync(path).length > 0;
}
