import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { type BuildRoom, roomPaths } from '../../images/build-room.ts';
import { nameImage } from '../../images/image-name.ts';
import { throwIfInterrupted } from '../../images/lock.ts';
import { readOciConfig } from '../../images/oci/image-config.ts';
import { resolveImageUser } from '../../images/oci/image-user.ts';
import { machinePlatform, renderPlatform } from '../../images/oci/platform.ts';
import { dropRepeated } from '../../images/pull/known-layers.ts';
import { parseReference } from '../../images/reference.ts';
import type { ImageStore } from '../../images/store.ts';
import type { ImageRecord } from '../../images/types.ts';
import { finishRecord } from '../builder/finish-record.ts';
import type { BuildRequest } from '../builder/image-builder.ts';
import type { MadeImage } from './take-result.ts';

interface StoreJob {
  readonly room: BuildRoom;
  /** The build's folder, from `images/` on. */
  readonly place: string;
  readonly made: MadeImage;
  readonly request: BuildRequest;
  readonly store: ImageStore;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts a finished image into the store. The files of its layers are those in buildah's storage, by hard links: they are
 * copied neither now nor when a later build begins from them. No program of it keeps a setuid bit, as in all our images.
 */
export async function storeResult({ room, place, made, request, store, signal }: StoreJob): Promise<ImageRecord> {
  const config = readOciConfig(made.config);
  // Two steps may have made the same files.
  const unique = [...new Map(made.layers.map((layer) => [layer.digest, layer])).values()];
  const own = unique.filter(({ digest }) => !existsSync(store.layerFolder(digest)));
  const inside = `${roomPaths.images}/${place}/layers`;
  const words = own.flatMap(({ id, digest }) => [
    `${roomPaths.images}/builder/storage/overlay/${id}/diff`,
    `${inside}/${hexOf(digest)}`,
  ]);
  await room.run(['sh', '-euc', linkScript, 'link', inside, ...words], 'storing the layers', { signal });
  const sizes = await measure(
    room,
    made,
    own.map(({ digest }) => digest),
    inside,
  );
  const placed = (digest: string): string =>
    own.some((layer) => layer.digest === digest)
      ? join(store.folder, place, 'layers', hexOf(digest))
      : store.layerFolder(digest);
  const user = resolveImageUser(config.userText, config.diffIds.map(placed));
  const moves = own.flatMap(({ digest }) => [
    `${inside}/${hexOf(digest)}`,
    `${roomPaths.images}/layers/${hexOf(digest)}`,
  ]);
  return store.lock('layers', signal, async () => {
    throwIfInterrupted(signal);
    const gone = config.diffIds.filter(
      (digest) => !existsSync(store.layerFolder(digest)) && !own.some((layer) => layer.digest === digest),
    );
    if (gone.length > 0)
      throw new AppError('IMAGE_BUILD_FAILED', 'a layer of the image was removed from the store meanwhile');
    if (moves.length > 0) await room.runStep('place', moves, 'storing the layers');
    const record = finishRecord(describe(request, made, { ...config.config, user }, sizes), request, store);
    store.write(record);
    return record;
  });
}

/** Links a folder's files to another place, and takes the bits away that would give privileges. */
const linkScript = `
mkdir -p "$1"
shift
while [ $# -gt 0 ]; do
  cp -al -- "$1" "$2"
  find "$2" -type f -perm /6000 -exec chmod ug-s {} +
  shift 2
done`;

async function measure(
  room: BuildRoom,
  made: MadeImage,
  fresh: readonly string[],
  inside: string,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const { digest } of made.layers) {
    const folder = fresh.includes(digest)
      ? `${inside}/${hexOf(digest)}`
      : `${roomPaths.images}/layers/${hexOf(digest)}`;
    const size = await room.run(['du', '--summarize', '--bytes', folder], 'measuring the layers');
    sizes.set(digest, Number.parseInt(size, 10));
  }
  return sizes;
}

function describe(
  request: BuildRequest,
  made: MadeImage,
  config: ImageRecord['config'],
  sizes: ReadonlyMap<string, number>,
): ImageRecord {
  const { diffIds } = readOciConfig(made.config);
  const reference = parseReference(request.reference);
  if (reference === undefined) throw new AppError('INTERNAL', `${request.reference} names no image`);
  const bases = [...request.bases.values()].map(({ record }) => record);
  const base = bases.find(
    ({ layers }) => layers.length > 0 && layers.every((layer, index) => layer === diffIds[index]),
  );
  return {
    format: 1,
    name: nameImage(reference),
    digest: made.digest,
    layers: dropRepeated(diffIds),
    config,
    packages: [],
    origin: {
      reference: request.reference,
      from: request.dockerfile.file,
      platform: renderPlatform(machinePlatform()),
      diffIds,
      layers: diffIds,
      layerBytes: diffIds.map((digest) => sizes.get(digest) ?? sizeOfLayer(base, digest)),
    },
    sizeBytes: [...sizes.values()].reduce((a, b) => a + b, 0) + (base?.sizeBytes ?? 0),
    createdAt: new Date().toISOString(),
  };
}

/** What is known of the size of a base's layer: of a recipe's image only the whole is. */
function sizeOfLayer(base: ImageRecord | undefined, digest: string): number {
  const { origin, layers = [], sizeBytes = 0 } = base ?? {};
  if (origin !== undefined) return origin.layerBytes[origin.layers.indexOf(digest)] ?? 0;
  return digest === layers.at(-1) ? sizeBytes : 0;
}

function hexOf(digest: string): string {
  return digest.replace('sha256:', '');
}
