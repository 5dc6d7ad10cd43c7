import type { WorkspacePaths } from '../state/paths.ts';
import { systemPath } from './run-process.ts';

/** Every process Devstead starts on the machine for a workspace has this variable; its value is the workspace's folder. */
export const workspaceMarker = 'DEVSTEAD_WORKSPACE_FOLDER';

/** The environment of every process started on the machine for a workspace: the marker by which it is found again. */
export function machineProcessEnv(paths: WorkspacePaths): Record<string, string> {
  return { PATH: systemPath, [workspaceMarker]: paths.root };
}
