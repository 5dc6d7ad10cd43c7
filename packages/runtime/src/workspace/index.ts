/**
 * What commands need that only use a workspace that runs: small, so that they start quickly. Planning and carrying out
 * come with the package's main entry.
 */

export { recipesFolder } from '../images/recipes-folder.ts';
export { findRegistryFiles } from '../images/registry/registry-settings.ts';
export { indexHost, indexPort, indexTokenPath } from '../index-service/index-place.ts';
export { readIndexFailure } from '../index-service/index-service.ts';
export { openRuntime } from '../open-runtime.ts';
export type { PublishedPort } from '../plan/types.ts';
export { exitCodeOf, waitForClose } from '../process/run-process.ts';
export { stampOwnFolders, writeCacheFile } from '../remember.ts';
export { interactiveShell, shellCommand } from '../running/shell-command.ts';
export { anticipateJoin } from '../sandbox/cgroup.ts';
export type { RuntimeSettings, WorkspaceIndex } from '../settings.ts';
export type { ExecInContainer, LogQuery, Runtime, RuntimeName } from '../types.ts';
export { readLockOwner } from './lock.ts';
export { readRecordedEnvironment, tryReadRecordedEnvironment } from './recorded-environment.ts';
export { findWorkspace, listWorkspaces, type Workspace, type WorkspaceRecord } from './workspace-record.ts';
