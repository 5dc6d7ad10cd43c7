import { AppError } from '@devstead/kit';
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
      throw new AppError('INTERNAL', 'no container runtime yet');
  }
}

/** The runtime of a workspace: a workspace that has anything stays on the one it was made with. */
export function chooseRuntime({ record }: Workspace, settings: RuntimeSettings): RuntimeName {
  return record.runtime ?? settings.runtime ?? 'sandbox';
}
