import { readInventory } from '../../images/inventory/read-inventory.ts';
import type { ImageStore } from '../../images/store.ts';
import type { ImageConfig, ImageRecord } from '../../images/types.ts';
import type { BuildRequest } from './image-builder.ts';
import { keepHealth } from './keep-health.ts';

/** What a build from a Dockerfile says of its image, whatever built it. */
export function finishRecord(record: ImageRecord, request: BuildRequest, store: ImageStore): ImageRecord {
  const { config, origin } = record;
  return {
    ...record,
    config: { ...config, ...keepHealth(request, config), ...nameStandIn(request, config) },
    packages: readInventory((origin?.layers ?? record.layers).map((digest) => store.layerFolder(digest))),
    buildStamp: request.stamp,
    ...(request.secrets.length === 0 ? {} : { buildSecrets: request.secretDigests }),
    ...(origin === undefined ? {} : { origin: { ...origin, from: request.dockerfile.file } }),
  };
}

/** Labels without buildah's own, and with what says that a recipe stood in for the image that the last stage began from. */
function nameStandIn(
  { chosen, bases }: BuildRequest,
  { labels = {} }: ImageRecord['config'],
): Pick<ImageConfig, 'labels'> {
  const { 'io.buildah.version': _version, ...own } = labels;
  let base = chosen.stages.at(-1)?.base;
  while (base?.type === 'stage') {
    const { index } = base;
    base = chosen.stages.find(({ stage }) => stage.index === index)?.base;
  }
  const found = base?.type === 'image' ? bases.get(base.reference) : undefined;
  if (found?.recipe === undefined) return { labels: own };
  return { labels: { ...own, 'dev.devstead.stand-in': `${found.recipe} for ${found.reference}` } };
}
