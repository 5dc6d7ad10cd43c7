import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { IdMap } from '../../ids/id-map.ts';
import { isDiskFull } from '../../is-disk-full.ts';
import type { FilteredLayer, LayerCounts, LayerLimits } from '../archive/layer-filter.ts';
import { type BuildRoom, giveFolder, openBuildRoom, roomPaths } from '../build-room.ts';
import { readInventory } from '../inventory/read-inventory.ts';
import { throwIfInterrupted } from '../lock.ts';
import { type OciConfig, readOciConfig } from '../oci/image-config.ts';
import { resolveImageUser } from '../oci/image-user.ts';
import { renderPlatform } from '../oci/platform.ts';
import { isOwned, nameOwner } from '../owned-name.ts';
import type { ImageStore } from '../store.ts';
import type { ImageRecord } from '../types.ts';
import type { BlobCache } from './blob-cache.ts';
import { type LayerSource, type SourceImage, TransferError } from './image-source.ts';
import { dropRepeated, findKnownLayers, type KnownLayer, storedLayerDigest } from './known-layers.ts';
import { PullMeter, type PullProgress } from './pull-progress.ts';
import { readBlob } from './read-blob.ts';
import { runLargestFirst } from './run-largest-first.ts';
import { diskFull, unpackLayer } from './unpack-layer.ts';

export interface StoreImageOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  /** Where what arrived is kept until the image is whole. Absent: the source can be read again at no cost. */
  readonly blobs?: BlobCache | undefined;
  readonly limits?: LayerLimits | undefined;
  /** Waits between tries of a broken transfer, in milliseconds. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The image to store: where its parts are, and what it is called. */
interface NewImage {
  readonly name: string;
  /** In full. */
  readonly reference: string;
  readonly image: SourceImage;
  readonly source: LayerSource;
}

/** What an image may hold unless told otherwise: 64 GiB and two million files, more than any of use. */
const defaultLimits: LayerLimits = { mostBytes: 2 ** 36, mostEntries: 2_000_000 };
const mostImpliedFolders = 20_000;
/** Layers that are unpacked at the same time: they keep two processors and a line busy. */
const layersAtOnce = 3;
/** Left free on the disk, for everything else that lives there. */
const spareBytes = 200 * 2 ** 20;

/**
 * Puts an image into the store: layers that are there already are taken, the others unpacked as they arrive, several at
 * a time, and only when all of them are what configuration and manifest say is any of it put in place. Throws
 * IMAGE_PULL_FAILED, IMAGE_REFUSED, MACHINE_LACKS, INTERRUPTED; nothing half-made stays in the store. What arrived is kept for
 * the next try where that could go on with it.
 */
export async function storeImage(job: NewImage, options: StoreImageOptions): Promise<ImageRecord> {
  const { store, idMap } = options;
  const config = readOciConfig(job.image.config);
  const known = findKnownLayers(config.diffIds, store.list());
  checkSpace(
    store.folder,
    job.image.layers.reduce((sum, layer, index) => sum + (known[index] ? 0 : layer.sizeBytes), 0),
  );
  const room = await openBuildRoom({ images: store.folder, idMap });
  const name = `${job.name}-${nameOwner()}`;
  const remove = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const args = [roomPaths.images, `building/trash-${nameOwner()}`, ...names.map((one) => `building/${one}`)];
    await room.runStep('remove', args, 'removing what is half-made', { isCaller: true });
  };
  const building = join(store.folder, 'building');
  try {
    await remove(readdirSync(building).filter((one) => !isOwned(one) || one === name));
    giveFolder(join(building, name), idMap);
    const work = new StoreWork(job, config, room, name, options);
    const record = await work.run(known);
    return record;
  } catch (error) {
    throw isDiskFull(error) ? diskFull() : error;
  } finally {
    await remove(existsSync(join(building, name)) ? [name] : []).finally(() => room.close());
  }
}

class StoreWork {
  private readonly job: NewImage;
  private readonly config: OciConfig;
  private readonly room: BuildRoom;
  private readonly folderName: string;
  private readonly options: StoreImageOptions;
  private readonly meter: PullMeter;
  private readonly counts: LayerCounts = { bytes: 0, entries: 0 };
  private readonly parts: string[] = [];

  constructor(job: NewImage, config: OciConfig, room: BuildRoom, folderName: string, options: StoreImageOptions) {
    this.job = job;
    this.config = config;
    this.room = room;
    this.folderName = folderName;
    this.options = options;
    this.meter = new PullMeter(options.onProgress ?? (() => undefined));
  }

  async run(known: readonly (KnownLayer | undefined)[]): Promise<ImageRecord> {
    const { blobs } = this.options;
    try {
      const record = await this.storeLayers(known);
      for (const part of this.parts) blobs?.remove(part);
      return record;
    } catch (error) {
      const isWorthKeeping =
        error instanceof TransferError || (error instanceof AppError && error.code === 'INTERRUPTED');
      for (const part of this.parts) {
        if (isWorthKeeping) blobs?.release(part);
        else blobs?.remove(part);
      }
      if (!(error instanceof TransferError)) throw error;
      throw new AppError('IMAGE_PULL_FAILED', `${this.job.source.name} did not send all of ${this.job.reference}`, {
        cause: error,
        details: [error.message],
        hint: 'Run the command again: it goes on from what has arrived.',
      });
    }
  }

  private async storeLayers(known: readonly (KnownLayer | undefined)[]): Promise<ImageRecord> {
    const { diffIds } = this.config;
    const { layers } = this.job.image;
    const indexes = diffIds
      .map((_, index) => index)
      .filter((index) => known[index] === undefined && diffIds.indexOf(diffIds[index] ?? '') === index);
    const sizeOf = (index: number): number => layers[index]?.sizeBytes ?? 0;
    this.meter.begin(
      indexes.length,
      indexes.reduce((sum, index) => sum + sizeOf(index), 0),
    );
    const unpacked = new Map<string, FilteredLayer>();
    for (const index of indexes) giveFolder(this.outside(index), this.options.idMap);
    await runLargestFirst(indexes, sizeOf, layersAtOnce, this.options.signal, async (index, signal) => {
      unpacked.set(diffIds[index] ?? '', await this.unpack(index, signal));
      this.meter.finishLayer();
    });
    this.meter.tell('store');
    const stored = diffIds.map((diffId): KnownLayer => {
      // A layer that occurs twice is stored once.
      const index = diffIds.indexOf(diffId);
      const layer = unpacked.get(diffId);
      const isAdapted = index > 0 && (layer?.impliedFolders.length ?? 0) > 0;
      const digest = storedLayerDigest(diffIds, index, isAdapted);
      return known[index] ?? { digest, sizeBytes: layer?.sizeBytes ?? 0 };
    });
    return this.place(indexes, stored, unpacked);
  }

  private async unpack(index: number, signal: AbortSignal): Promise<FilteredLayer> {
    const { store, blobs, limits = defaultLimits, retryDelaysMs } = this.options;
    const layer = this.job.image.layers[index];
    if (layer === undefined) throw new AppError('INTERNAL', 'the image has no such layer');
    const partFile = blobs?.claim(layer.digest);
    if (partFile !== undefined) this.parts.push(partFile);
    const bytes = readBlob({
      source: this.job.source,
      layer,
      partFile,
      onBytes: (received) => this.meter.count(layer.digest, received),
      signal,
      ...(retryDelaysMs === undefined ? {} : { retryDelaysMs }),
    });
    const unpacked = await unpackLayer({
      room: this.room,
      folder: this.inside(index),
      bytes,
      sizeBytes: layer.sizeBytes,
      limits,
      counts: this.counts,
      checkSpace: () => checkSpace(store.folder, 0),
      signal,
    });
    const expected = this.config.diffIds[index];
    if (unpacked.diffId !== expected) {
      throw new AppError('IMAGE_REFUSED', 'a layer of the image is not the one its configuration names', {
        details: [`expected ${expected}`, `got      ${unpacked.diffId}`],
      });
    }
    if (unpacked.impliedFolders.length > mostImpliedFolders)
      throw new AppError(
        'IMAGE_REFUSED',
        `a layer of the image leaves more than ${mostImpliedFolders} folders undescribed`,
      );
    return unpacked;
  }

  private async place(
    indexes: readonly number[],
    stored: readonly KnownLayer[],
    unpacked: ReadonlyMap<string, FilteredLayer>,
  ): Promise<ImageRecord> {
    const digests = stored.map(({ digest }) => digest);
    const { store, signal } = this.options;
    const { diffIds } = this.config;
    // A layer that occurs twice in one image was unpacked once.
    const first = (index: number): number => diffIds.indexOf(diffIds[index] ?? '');
    const isNew = (index: number): boolean => indexes.includes(first(index));
    const insideOf = (index: number): string =>
      isNew(index) ? this.inside(first(index)) : `${roomPaths.images}/${layerPath(digests[index] ?? '')}`;
    for (const index of indexes) {
      const folders = unpacked.get(diffIds[index] ?? '')?.impliedFolders ?? [];
      if (index === 0 || folders.length === 0) continue;
      const lower = digests
        .slice(0, index)
        .map((_, below) => insideOf(below))
        .reverse();
      await this.room.runStep('adopt', [insideOf(index), ...lower], 'making folders look like those below', {
        signal,
        feed: async (input) => {
          input.end(Buffer.from(folders.map((path) => `${path}\0`).join(''), 'latin1'));
        },
      });
    }
    const folders = digests.map((digest, index) =>
      isNew(index) ? this.outside(first(index)) : store.layerFolder(digest),
    );
    const user = resolveImageUser(this.config.userText, folders);
    const moves = indexes.flatMap((index) => [
      this.inside(index),
      `${roomPaths.images}/${layerPath(digests[index] ?? '')}`,
    ]);
    return store.lock('layers', signal, async () => {
      throwIfInterrupted(signal);
      const gone = digests.filter((digest, index) => !isNew(index) && !existsSync(store.layerFolder(digest)));
      if (gone.length > 0) throw new TransferError('a layer was removed from the store meanwhile');
      await this.room.runStep('place', moves, 'storing the layers');
      const record = this.describe(user, stored);
      store.write(record);
      return record;
    });
  }

  private describe(user: string, stored: readonly KnownLayer[]): ImageRecord {
    const layers = stored.map(({ digest }) => digest);
    const { name, reference, image, source } = this.job;
    const { config, platform, diffIds, createdAt } = this.config;
    return {
      format: 1,
      name,
      digest: image.configDigest,
      layers: dropRepeated(layers),
      config: { ...config, user },
      packages: readInventory(layers.map((digest) => this.options.store.layerFolder(digest))),
      origin: {
        reference,
        from: source.name,
        ...(image.manifestDigest === undefined ? {} : { manifestDigest: image.manifestDigest }),
        platform: renderPlatform(platform),
        diffIds,
        layers,
        layerBytes: stored.map(({ sizeBytes }) => sizeBytes),
      },
      sizeBytes: [...new Map(stored.map((layer) => [layer.digest, layer.sizeBytes])).values()].reduce(
        (a, b) => a + b,
        0,
      ),
      createdAt: createdAt ?? new Date().toISOString(),
    };
  }

  private inside(index: number): string {
    return `${roomPaths.images}/building/${this.folderName}/${index}`;
  }

  private outside(index: number): string {
    return join(this.options.store.folder, 'building', this.folderName, String(index));
  }
}

function layerPath(digest: string): string {
  return `layers/${digest.replace('sha256:', '')}`;
}

/** Throws MACHINE_LACKS when the disk has no room for so many bytes and some more. */
function checkSpace(folder: string, bytes: number): void {
  const { bavail, bsize, blocks } = statfsSync(folder);
  // Of a small disk, a small part.
  const spare = Math.min(spareBytes, (blocks * bsize) / 20);
  if (bavail * bsize < bytes + spare) throw diskFull();
}
