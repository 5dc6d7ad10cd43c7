import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import {
  findWorkspace,
  listWorkspaces,
  type RuntimeSettings,
  readLockOwner,
  takeLock,
  type Workspace,
} from '@devstead/runtime';
import type { Io } from './io.ts';

/** The workspaces a command is about: all of them, the one named, or the one of the folder. */
export function selectWorkspaces(
  io: Io,
  settings: RuntimeSettings,
  options: { readonly all?: boolean; readonly name?: string },
): readonly Workspace[] {
  if (options.all === true) return listWorkspaces(settings.stateFolder);
  return [
    findWorkspace(settings.stateFolder, {
      folder: io.cwd,
      ...(options.name === undefined ? {} : { name: options.name }),
    }),
  ];
}

/** True when commands without `--name` that are called in a folder find this workspace. */
export function isMeantIn(folder: string, settings: RuntimeSettings, { id }: Workspace): boolean {
  try {
    return findWorkspace(settings.stateFolder, { folder }).id === id;
  } catch {
    return false;
  }
}

const lookEveryMs = 50;

/**
 * Does work on a workspace that nobody else works on, after a wait where that is allowed. Throws WORKSPACE_LOCKED with who
 * does.
 */
export async function withWorkspaceLock<T>(
  io: Io,
  workspace: Workspace,
  action: string,
  work: () => Promise<T>,
  patienceMs = 0,
): Promise<T> {
  let lock = await takeLock(workspace.paths.lock, action);
  for (let waitedMs = 0; lock === undefined && waitedMs < patienceMs; waitedMs += lookEveryMs) {
    await delay(lookEveryMs);
    lock = await takeLock(workspace.paths.lock, action);
  }
  if (lock === undefined) {
    const owner = readLockOwner(workspace.paths.lock);
    const who = owner === undefined ? 'another process' : `\`devstead ${owner.action}\` (process ${owner.pid})`;
    throw new AppError('WORKSPACE_LOCKED', `${who} is working on ${workspace.name}`);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
