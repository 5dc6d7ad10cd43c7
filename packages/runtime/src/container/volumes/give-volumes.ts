import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { insideId } from '../../ids/id-map.ts';
import { readIdMap } from '../../ids/state-id-map.ts';
import { findFolder } from '../../images/oci/folder-owner.ts';
import type { ContainerSpec } from '../../plan/container-spec.ts';
import { readJsonFile, writeJsonFile } from '../../state/json-file.ts';
import type { WorkspacePaths } from '../../state/paths.ts';
import type { ContainerContext } from '../container-context.ts';
import { containerName } from '../labels.ts';
import { makeVolume } from './make-volume.ts';

/** Makes the volumes of a container that are not there. `layers` are those of its image. */
export async function makeVolumes(
  context: ContainerContext,
  spec: ContainerSpec,
  layers: readonly string[],
): Promise<void> {
  await Promise.all(
    volumesOf(spec).map((volume) =>
      makeVolume(context, volume, () => {
        if (!isOwned(context, spec, volume, layers))
          writeNewVolumes(context.paths, [...readNewVolumes(context.paths), volume]);
      }),
    ),
  );
}

/** True of a volume that begins as a folder of the image, which is the user's already: engines keep its owner. */
function isOwned(
  { settings }: ContainerContext,
  { mounts, user }: ContainerSpec,
  volume: string,
  layers: readonly string[],
): boolean {
  const ids = readIdMap(settings);
  const folders = layers.map((digest) => join(settings.stateFolder, 'images/layers', digest.replace('sha256:', '')));
  const places = mounts.flatMap((item) => (item.type === 'volume' && item.volume === volume ? [item.path] : []));
  return places.every((path) => {
    const found = findFolder(path, folders);
    if (ids === undefined || found === undefined) return false;
    return insideId(ids.uids, found.uid) === user.uid && insideId(ids.gids, found.gid) === user.gid;
  });
}

/** Gives new volumes to the container's user, before it first starts. */
export async function giveVolumes(context: ContainerContext, spec: ContainerSpec): Promise<void> {
  const areNew = (): string[] => {
    const left = readNewVolumes(context.paths);
    return volumesOf(spec).filter((volume) => left.includes(volume));
  };
  // One at a time: of two containers that share a volume the first has it.
  while (areNew().length > 0) {
    await context.join('owners of volumes', async () => {
      const volumes = areNew();
      await sendFolders(context, spec, volumes);
      for (const volume of volumes) forgetNewVolume(context, volume);
    });
  }
}

/** An archive of the volumes' folders alone. */
async function sendFolders(context: ContainerContext, spec: ContainerSpec, volumes: readonly string[]): Promise<void> {
  const { client } = await context.engine();
  const { writeHeader } = await import('../../archive/tar-header.ts');
  const headers = spec.mounts.flatMap((item) =>
    item.type === 'volume' && volumes.includes(item.volume)
      ? [
          writeHeader({
            type: 'folder',
            path: `${item.path.replace(/^\/+|\/+$/g, '')}/`,
            link: '',
            mode: 0o755,
            ...spec.user,
            sizeBytes: 0,
            mtime: Math.floor(Date.now() / 1000),
            device: [0, 0],
            xattrs: new Map(),
          }),
        ]
      : [],
  );
  await client.call('PUT', `/containers/${containerName(context, spec.name)}/archive`, {
    query: { path: '/' },
    archive: Buffer.concat([...headers, Buffer.alloc(1024)]),
  });
}

function volumesOf({ mounts }: ContainerSpec): string[] {
  return [...new Set(mounts.flatMap((item) => (item.type === 'volume' ? [item.volume] : [])))];
}

/**
 * Volumes that were made and belong to nobody yet. It is written before they are made: whoever goes on after this process
 * was killed gives them to their user as well.
 */
export function newVolumesFile({ root }: WorkspacePaths): string {
  return join(root, 'new-volumes.json');
}

function readNewVolumes(paths: WorkspacePaths): readonly string[] {
  return readJsonFile<readonly string[]>(newVolumesFile(paths)) ?? [];
}

function writeNewVolumes(paths: WorkspacePaths, volumes: readonly string[]): void {
  if (volumes.length === 0) rmSync(newVolumesFile(paths), { force: true });
  else writeJsonFile(newVolumesFile(paths), [...new Set(volumes)]);
}

/** One that has its owner, or is gone. */
export function forgetNewVolume({ paths }: ContainerContext, volume: string): void {
  const before = readNewVolumes(paths);
  if (before.includes(volume))
    writeNewVolumes(
      paths,
      before.filter((one) => one !== volume),
    );
}
