import type { RuntimeSettings } from '../settings.ts';
import type { Runtime } from '../types.ts';
import type { Workspace } from '../workspace/workspace-record.ts';
import { openContainerContext } from './container-context.ts';
import { endExec, startExec } from './exec/start-exec.ts';

/**
 * Containers of Docker or Podman, over the Docker Engine API. What speaks to the engine is loaded with the first
 * question to it: commands on sandboxes never need it.
 */
export function openContainerRuntime(workspace: Workspace, settings: RuntimeSettings): Runtime {
  const context = openContainerContext(workspace, settings);
  return {
    name: 'container',
    observe: async (clonePaths) => (await import('./observe.ts')).observeContainers(context, clonePaths),
    findEngine: async () => {
      const [engine, { describeEngine }] = await Promise.all([context.engine(), import('./find-workspace-engine.ts')]);
      return describeEngine(context, engine);
    },
    listLacks: async () => {
      const [capabilities, { listLacks }] = await Promise.all([
        context.capabilities(),
        import('./engine/capabilities.ts'),
      ]);
      return listLacks(capabilities);
    },
    runStep: async (step, report, signal) =>
      (await import('./run-step.ts')).runContainerStep(context, step, report, signal),
    exec: (request) => startExec(context, request),
    endExec: (child, graceMs) => endExec(context, child, graceMs),
    readLogs: async (query) => (await import('./logs.ts')).readLogs(context, query),
    followLogs: async (containers, onLine, signal) =>
      (await import('./logs.ts')).followLogs(context, containers, onLine, signal),
    forwardPorts: async (ports) => (await import('./supervisor/start-supervisor.ts')).forwardPorts(context, ports),
    withVolume: async (volume, work) =>
      (await import('./volumes/volume-room.ts')).withEngineVolume(context, volume, work),
    findUser: async (spec) => (await (await import('./find-user.ts')).resolveUser(context, spec)).user,
    sampleUsage: async (only) => (await import('./usage/sample-usage.ts')).sampleUsage(context, only),
    measureVolumes: async () => (await import('./inspect.ts')).measureVolumes(context),
    inspect: async (containers) => (await import('./inspect.ts')).inspectWorkspace(context, containers),
    anticipateStart: () => void context.engine().catch(() => undefined),
    listPublishedPorts: async () => (await import('./observe.ts')).listPublishedPorts(context),
    release: () => context.close(),
  };
}
