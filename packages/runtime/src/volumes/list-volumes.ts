import { AppError } from '@devstead/kit';
import type { Observed } from '../plan/types.ts';
import type { Runtime } from '../types.ts';
import { tryReadRecordedEnvironment } from '../workspace/recorded-environment.ts';
import type { Workspace } from '../workspace/workspace-record.ts';

/** A volume of a workspace: one that is there, or one that its environment asks for. */
export interface VolumeInfo {
  readonly name: string;
  /** Absent when it is not there yet. */
  readonly sizeBytes?: number;
  /** What the environment asks for; it is not enforced. */
  readonly declaredBytes?: number;
  /** False for what is left of an earlier environment. */
  readonly isDeclared: boolean;
  readonly isEphemeral: boolean;
  readonly users: readonly VolumeUser[];
}

export interface VolumeUser {
  readonly container: string;
  /** Where it has the volume. */
  readonly path: string;
  readonly isRunning: boolean;
}

/** Every volume of a workspace, by name. */
export async function listVolumes(workspace: Workspace, runtime: Runtime): Promise<VolumeInfo[]> {
  const [observed, sizes] = await Promise.all([runtime.observe(), runtime.measureVolumes()]);
  return describeVolumes(workspace, observed).map((volume) => {
    const sizeBytes = sizes[volume.name];
    return sizeBytes === undefined ? volume : { ...volume, sizeBytes };
  });
}

/** The same without sizes, from what is written down. */
function describeVolumes(workspace: Workspace, observed: Observed): VolumeInfo[] {
  const environment = tryReadRecordedEnvironment(workspace);
  const declared = environment?.volumes ?? [];
  const names = new Set([...declared.map(({ name }) => name), ...observed.volumes]);
  const users = listUsers(workspace, observed);
  return [...names].sort().map((name) => {
    const found = declared.find((volume) => volume.name === name);
    return {
      name,
      ...(found?.sizeBytes === undefined ? {} : { declaredBytes: found.sizeBytes }),
      isDeclared: found !== undefined,
      isEphemeral: found?.ephemeral === true,
      users: users.get(name) ?? [],
    };
  });
}

/** The volume of that name. Throws UNKNOWN_VOLUME with the names there are. */
export function requireVolume(workspace: Workspace, observed: Observed, name: string): VolumeInfo {
  const all = describeVolumes(workspace, observed);
  const found = all.find((volume) => volume.name === name);
  if (found !== undefined) return found;
  const names = all.map((volume) => volume.name);
  throw new AppError('UNKNOWN_VOLUME', `${workspace.name} has no volume ${name}`, {
    hint: names.length === 0 ? 'It has none at all.' : `There are: ${names.join(', ')}.`,
  });
}

/**
 * Throws VOLUME_IN_USE when the workspace runs with a container that has the volume: it may write at any moment, also one
 * that has just ended and is started again.
 */
export function requireUnused(workspace: Workspace, observed: Observed, { name, users }: VolumeInfo): void {
  if (users.length === 0 || !observed.isSandboxRunning) return;
  const who = users.map(({ container }) => container).join(', ');
  throw new AppError('VOLUME_IN_USE', `${workspace.name} runs, and ${who} has the volume ${name}`, {
    hint: `Run \`devstead stop --name ${workspace.id}\` first.`,
  });
}

/** Which containers have which volume: those that were made, then those that the environment has. */
function listUsers(workspace: Workspace, observed: Observed): Map<string, VolumeUser[]> {
  const users = new Map<string, VolumeUser[]>();
  const add = (volume: string, user: VolumeUser): void => {
    const known = users.get(volume) ?? [];
    if (!known.some(({ container }) => container === user.container)) users.set(volume, [...known, user]);
  };
  for (const [container, { spec, state }] of Object.entries(observed.containers)) {
    for (const mount of spec?.mounts ?? []) {
      if (mount.type === 'volume') add(mount.volume, { container, path: mount.path, isRunning: state === 'running' });
    }
  }
  for (const { name, mounts } of tryReadRecordedEnvironment(workspace)?.containers ?? []) {
    for (const { volume, path } of mounts) add(volume, { container: name, path, isRunning: false });
  }
  return users;
}
