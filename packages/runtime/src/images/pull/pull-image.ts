import { AppError } from '@devstead/kit';
import type { IdMap } from '../../ids/id-map.ts';
import type { RuntimeSettings } from '../../settings.ts';
import { nameImage } from '../image-name.ts';
import { machinePlatform, type Platform } from '../oci/platform.ts';
import { type ImageReference, parseReference, renderReference } from '../reference.ts';
import { type FoundImage, findImage } from '../registry/find-image.ts';
import type { RegistrySettings } from '../registry/registry-settings.ts';
import { Connection, type ConnectionSettings } from '../registry/send-request.ts';
import { openStore } from '../store.ts';
import type { ImageRecord } from '../types.ts';
import { type BlobCache, openBlobCache, partKeptMs } from './blob-cache.ts';
import { machineConnection, machineRegistries } from './machine-registries.ts';
import type { PullProgress } from './pull-progress.ts';
import { type StoreImageOptions, storeImage } from './store-image.ts';

export interface PullOptions extends Omit<StoreImageOptions, 'blobs' | 'onProgress'> {
  readonly blobs: BlobCache;
  readonly registries: RegistrySettings;
  readonly connection: ConnectionSettings;
  /** Default: the machine's. */
  readonly platform?: Platform | undefined;
  /** Pulls although the store has the same image. */
  readonly isForced?: boolean;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

/** An image that is now in the store. */
export interface PulledImage {
  readonly record: ImageRecord;
  /** It was not there before, or another one was. */
  readonly isNew: boolean;
}

/**
 * Pulls an image by its reference into the store. What the reference stands for now is asked for; when the store has
 * just that, nothing is pulled. A second pull of the same image waits for the first. Throws USAGE for text that is no
 * reference, IMAGE_NOT_FOUND, REGISTRY_DENIED, IMAGE_PULL_FAILED, IMAGE_REFUSED, MACHINE_LACKS, INTERRUPTED.
 */
export async function pullImage(text: string, options: PullOptions): Promise<PulledImage> {
  const reference = requireReference(text);
  const { store, blobs, signal, platform = machinePlatform() } = options;
  const report = options.onProgress ?? (() => undefined);
  const tell = (step: PullProgress['step']): void =>
    report({ step, receivedBytes: 0, totalBytes: 0, layers: 0, layersDone: 0 });
  const name = nameImage(reference, platform);
  for (const { file } of blobs.listOlderThan(partKeptMs, Date.now())) blobs.remove(file);
  const connection = new Connection(options.connection);
  const notice = setTimeout(() => tell('wait'), 500);
  try {
    return await store.lock(`image-${name}`, signal, async () => {
      clearTimeout(notice);
      tell('look');
      const found = await findImage(reference, platform, options.registries, connection, signal);
      const present = options.isForced === true ? undefined : store.read(name);
      if (present !== undefined && isSame(present, found)) return { record: present, isNew: false };
      const job = { name, reference: renderReference(reference), ...found };
      return { record: await storeImage(job, options), isNew: true };
    });
  } finally {
    clearTimeout(notice);
    connection.close();
  }
}

/** Takes a reference apart. Throws USAGE. */
export function requireReference(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference !== undefined) return reference;
  throw new AppError('USAGE', `${JSON.stringify(text.slice(0, 200))} is no name of an image`, {
    hint: 'Write it as registry/repository:tag, for example registry.example.com/team/app:1.2.',
  });
}

function isSame({ digest, origin }: ImageRecord, { image }: FoundImage): boolean {
  return digest === image.configDigest && origin?.manifestDigest === image.manifestDigest;
}

/** What every pull on this machine has in common: the store, the logins, the mirrors, the way to others. */
export function machinePullOptions(settings: RuntimeSettings, idMap: IdMap): PullOptions {
  return {
    store: openStore(settings.stateFolder),
    idMap,
    blobs: openBlobCache(settings.cacheFolder),
    registries: machineRegistries(settings),
    connection: machineConnection(settings),
  };
}
