import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { lookUpUser } from '../running/look-up-user.ts';
import type { RuntimeSettings } from '../settings.ts';
import { listImageDigests, readImage } from '../state/image-records.ts';
import { readMadeContainer } from '../state/made-container.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { ExecInContainer, Runtime } from '../types.ts';
import { anticipateSandbox } from './anticipate-sandbox.ts';
import { startExec } from './exec.ts';
import { inspectWorkspace } from './inspect.ts';
import { observeWorkspace } from './observe.ts';
import { followLogs, readLogs } from './read-logs.ts';
import { openSandboxContext, requireHolder, type SandboxContext } from './sandbox-context.ts';
import { liveHolder, readSandboxState } from './sandbox-state.ts';

/** The workspace's identity as the sandbox needs it. */
export interface SandboxWorkspace {
  readonly id: string;
  readonly name: string;
  readonly paths: WorkspacePaths;
}

/** The embedded default: containers without a container engine. */
export function openSandboxRuntime(workspace: SandboxWorkspace, settings: RuntimeSettings): Runtime {
  const { paths } = workspace;
  let opened: SandboxContext | undefined;
  const context = (): SandboxContext => {
    opened ??= openSandboxContext(workspace, settings);
    return opened;
  };
  return {
    name: 'sandbox',
    observe: async (clonePaths) => observeWorkspace(paths, listImageDigests(settings.stateFolder), clonePaths),
    // Steps need builders and parsers that a plain `exec` does not: they are loaded when the first one runs.
    runStep: async (step, report, signal) => {
      const { runSandboxStep } = await import('./run-step.ts');
      await runSandboxStep(context(), step, report, signal);
    },
    listLacks: async () => (context().cgroups === undefined ? ['memory-limits', 'processor-limits'] : []),
    exec: (request) => execInContainer(context(), settings, request),
    endExec: (child, graceMs) => endExecInContainer(paths, child, graceMs),
    readLogs: async (query) => readLogs(paths, query),
    followLogs: (containers, onLine, signal) => followLogs(paths, containers, onLine, signal),
    forwardPorts: async (ports) => {
      const { forwardPorts } = await import('./supervisor/start-supervisor.ts');
      return forwardPorts(context(), requireHolder(paths), ports);
    },
    measureVolumes: async () => (await import('./volume-room.ts')).measureSandboxVolumes(paths, settings),
    withVolume: async (volume, work) =>
      (await import('./volume-room.ts')).withSandboxVolume(paths, settings, volume, work),
    findUser: async (spec) => {
      const image = readImage(settings.stateFolder, spec.imageName);
      return lookUpUser(spec, settings.stateFolder, image).user;
    },
    findEngine: async () => undefined,
    sampleUsage: async (only) => (await import('./sample-usage.ts')).sampleUsage(workspace, only),
    inspect: (containers) => inspectWorkspace(context(), containers),
    anticipateStart: () => {
      // What an earlier start left is removed first, and with it whatever bears the workspace's mark.
      if (!existsSync(paths.sandbox)) anticipateSandbox(context());
    },
    listPublishedPorts: async () => observeWorkspace(paths, {}).publishedPorts,
    release: () => {
      opened?.launcher.close();
      opened = undefined;
    },
  };
}

function execInContainer(
  context: SandboxContext,
  settings: RuntimeSettings,
  { user: userText, ...request }: ExecInContainer,
): ReturnType<Runtime['exec']> {
  const holder = requireHolder(context.paths);
  const made = readMadeContainer(context.paths.container(request.container));
  if (made === undefined)
    throw new AppError('UNKNOWN_CONTAINER', `the workspace has no container ${request.container}`);
  if (made.isPaused === true) throw new AppError('CONTAINER_PAUSED', `${request.container} is paused`);
  if (userText === undefined) return startExec(context, holder, request);
  const { spec } = made;
  const { user } = lookUpUser(
    { ...spec, userText },
    settings.stateFolder,
    readImage(settings.stateFolder, spec.imageName),
  );
  return startExec(context, holder, { ...request, user });
}

/** Where the workspace is gone, so is the command; the process that stood for it ends by itself. */
async function endExecInContainer(paths: WorkspacePaths, child: ChildProcess, graceMs: number): Promise<boolean> {
  const { endExec } = await import('./end-exec.ts');
  const holder = liveHolder(readSandboxState(paths));
  return holder === undefined ? false : endExec(holder, child, graceMs);
}
