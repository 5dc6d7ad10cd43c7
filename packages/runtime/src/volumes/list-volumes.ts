import { existsSync, readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { AppError } from '@devstead/kit';
import { openIdMap } from '../ids/state-id-map.ts';
import { observeWorkspace } from '../sandbox/observe.ts';
import type { RuntimeSettings } from '../settings.ts';
import { tryReadRecordedEnvironment } from '../workspace/recorded-environment.ts';
import type { Workspace } from '../workspace/workspace-record.ts';
import { withInnerRoot } from './inner-root.ts';

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
export async function listVolumes(workspace: Workspace, settings: RuntimeSettings): Promise<VolumeInfo[]> {
  const sizes = await measureVolumes(workspace, settings);
  return describeVolumes(workspace).map((volume) => {
    const sizeBytes = sizes.get(volume.name);
    return sizeBytes === undefined ? volume : { ...volume, sizeBytes };
  });
}

/** The same without sizes, from what is written down. */
function describeVolumes(workspace: Workspace): VolumeInfo[] {
  const environment = tryReadRecordedEnvironment(workspace);
  const declared = environment?.volumes ?? [];
  const names = new Set([...declared.map(({ name }) => name), ...listFolder(workspace.paths.volumes)]);
  const users = listUsers(workspace);
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
export function requireVolume(workspace: Workspace, name: string): VolumeInfo {
  const all = describeVolumes(workspace);
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
export function requireUnused(workspace: Workspace, { name, users }: VolumeInfo): void {
  if (users.length === 0 || !observeWorkspace(workspace.paths, {}).isSandboxRunning) return;
  const who = users.map(({ container }) => container).join(', ');
  throw new AppError('VOLUME_IN_USE', `${workspace.name} runs, and ${who} has the volume ${name}`, {
    hint: `Run \`devstead stop --name ${workspace.id}\` first.`,
  });
}

/** Which containers have which volume: those that were made, then those that the environment has. */
function listUsers(workspace: Workspace): Map<string, VolumeUser[]> {
  const users = new Map<string, VolumeUser[]>();
  const add = (volume: string, user: VolumeUser): void => {
    const known = users.get(volume) ?? [];
    if (!known.some(({ container }) => container === user.container)) users.set(volume, [...known, user]);
  };
  for (const [container, { spec, state }] of Object.entries(observeWorkspace(workspace.paths, {}).containers)) {
    for (const mount of spec?.mounts ?? []) {
      if (mount.type === 'volume') add(mount.volume, { container, path: mount.path, isRunning: state === 'running' });
    }
  }
  for (const { name, mounts } of tryReadRecordedEnvironment(workspace)?.containers ?? []) {
    for (const { volume, path } of mounts) add(volume, { container: name, path, isRunning: false });
  }
  return users;
}

/** Bytes that volumes hold. A normal user may not read all files of containers; their own root may. */
async function measureVolumes({ paths }: Workspace, settings: RuntimeSettings): Promise<Map<string, number>> {
  const names = listFolder(paths.volumes);
  if (names.length === 0) return new Map();
  return withInnerRoot(openIdMap(settings), async (run) => {
    const child = run(
      paths.volumes,
      ['du', '-sb', '--', ...names.map((name) => `./${name}`)],
      ['ignore', 'pipe', 'ignore'],
    );
    const lines = child.stdout === null ? '' : await text(child.stdout);
    return new Map(
      lines.split('\n').flatMap((line) => {
        const match = /^(\d+)\t\.\/(.+)$/.exec(line);
        return match === null ? [] : [[match[2] ?? '', Number(match[1])] as const];
      }),
    );
  });
}

function listFolder(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}
