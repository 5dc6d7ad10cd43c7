import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { IdMap } from '../ids/id-map.ts';
import { makeFolder } from '../make-folder.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { openBuildRoom, roomPaths } from './build-room.ts';
import { withLock } from './lock.ts';
import { isOwned, nameOwner } from './owned-name.ts';
import type { ImageRecord } from './types.ts';

const storeFormat = 1;

interface RemoveOptions {
  readonly idMap: IdMap;
  /** Digests of the layers that workspaces were made from. */
  readonly usedLayers: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * The images of a state folder: `images/layers/<hex>/` (unpacked, files owned by ids of the sandbox, read only by
 * use), `images/records/<name>.json`, and `images/building/` for what is not finished.
 */
export interface ImageStore {
  /** `images/` in the state folder. */
  readonly folder: string;
  /** Every image, by name. */
  list(): ImageRecord[];
  /** The image of that name, when it is there with all its layers. */
  read(name: string): ImageRecord | undefined;
  /** Notes that an image is used now. */
  touch(name: string): void;
  /** When an image was last used or made, in milliseconds since 1970. */
  usedAt(name: string): number;
  /** Writes an image's record; its layers are there before. */
  write(record: ImageRecord): void;
  /** Where a layer lies unpacked, by its digest. */
  layerFolder(digest: string): string;
  /**
   * Removes an image and the layers that no other image has. Throws IMAGE_NOT_FOUND, or USAGE when a workspace was made
   * from it.
   */
  remove(name: string, options: RemoveOptions): Promise<void>;
  /** Removes what builds that were killed left behind, and layers that belong to no image. */
  sweep(options: RemoveOptions): Promise<void>;
  /** Does work while no other process works on the same thing: an image of that name, or the package folder. */
  lock<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
}

/** Opens the image store of a state folder, which is made if need be. Throws STATE_TOO_NEW. */
export function openStore(stateFolder: string): ImageStore {
  const folder = join(stateFolder, 'images');
  const recordFile = (name: string): string => join(folder, 'records', `${name}.json`);
  const layerFolder = (digest: string): string => join(folder, 'layers', layerName(digest));
  makeFolder(stateFolder, 0o700);
  // Their parent is closed to others; the sandbox's own ids must be able to pass.
  for (const name of ['', 'records', 'layers', 'building', 'locks']) {
    makeFolder(join(folder, name), 0o755);
  }
  checkFormat(join(folder, 'format.json'));

  const read = (name: string): ImageRecord | undefined => {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
    const record = readJsonFile<ImageRecord>(recordFile(name));
    return record?.layers.every((digest) => existsSync(layerFolder(digest))) ? record : undefined;
  };
  const list = (): ImageRecord[] =>
    readdirSync(join(folder, 'records'))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => read(file.slice(0, -'.json'.length)))
      .filter((record) => record !== undefined);
  const lock: ImageStore['lock'] = (name, signal, work) => withLock(join(folder, 'locks', name), signal, work);

  const sweep = async (options: RemoveOptions): Promise<void> => {
    const kept = new Set([...list().flatMap((record) => record.layers), ...options.usedLayers].map(layerName));
    const layers = readdirSync(join(folder, 'layers')).filter((name) => !kept.has(name));
    const builds = readdirSync(join(folder, 'building')).filter((name) => !isOwned(name));
    if (layers.length + builds.length === 0) return;
    const room = await openBuildRoom({ images: folder, idMap: options.idMap });
    try {
      const trash = `${roomPaths.images}/building/trash-${nameOwner()}`;
      const names = [...layers.map((name) => `layers/${name}`), ...builds.map((name) => `building/${name}`)];
      await room.runStep('remove', [roomPaths.images, trash, ...names], 'removing layers', { isCaller: true });
    } finally {
      room.close();
    }
  };

  return {
    folder,
    list,
    read,
    touch: (name) => {
      // A store that is not ours to write is one whose images nobody removes.
      try {
        utimesSync(recordFile(name), new Date(), new Date());
      } catch {
        return;
      }
    },
    usedAt: (name) => statSync(recordFile(name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    write: (record) => writeJsonFile(recordFile(record.name), record),
    layerFolder,
    remove: (name, options) =>
      lock('layers', options.signal, async () => {
        const record = readJsonFile<ImageRecord>(recordFile(name));
        if (record === undefined) throw new AppError('IMAGE_NOT_FOUND', `there is no image ${name}`);
        const own = record.layers.at(-1);
        if (own !== undefined && options.usedLayers.includes(own)) {
          throw new AppError('USAGE', `the image ${name} is in use by a workspace`, {
            hint: 'Run `devstead down` for the workspaces made from it, then remove it.',
          });
        }
        rmSync(recordFile(name));
        await sweep(options);
      }),
    sweep: (options) => lock('layers', options.signal, () => sweep(options)),
    lock,
  };
}

function layerName(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

function checkFormat(file: string): void {
  const found = readJsonFile<{ format: number }>(file)?.format;
  if (found === undefined) writeJsonFile(file, { format: storeFormat });
  else if (found > storeFormat) {
    throw new AppError('STATE_TOO_NEW', `the image store has format ${found}; this Devstead knows ${storeFormat}`);
  }
}
