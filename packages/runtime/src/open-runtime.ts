import { existsSync } from 'node:fs';
import { openContainerRuntime } from './container/container-runtime.ts';
import { openSandboxRuntime } from './sandbox/sandbox-runtime.ts';
import type { RuntimeSettings } from './settings.ts';
import type { Runtime, RuntimeName } from './types.ts';
import type { Workspace } from './workspace/workspace-record.ts';

/** The one place where it is decided what a workspace runs on: what it was made with, else what the settings ask for. */
export function openRuntime(workspace: Workspace, settings: RuntimeSettings): Runtime {
  switch (chooseRuntime(workspace, settings)) {
    case 'sandbox':
      return openSandboxRuntime(workspace, settings);
    case 'container':
      return openContainerRuntime(workspace, settings);
  }
}

/** The runtime of a workspace: a workspace that has anything stays on the one it was made with. */
export function chooseRuntime({ record, paths }: Workspace, settings: RuntimeSettings): RuntimeName {
  if (record.runtime !== undefined) return record.runtime;
  // Records did not always name it.
  return existsSync(paths.environment) ? 'sandbox' : (settings.runtime ?? 'sandbox');
}
