import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machinePlatform } from '../../images/oci/platform.ts';
import { renderRunConfig } from '../../images/oci/render-run-config.ts';
import type { ImageConfig, ImageRecord } from '../../images/types.ts';

/** An image as buildah is to see it. */
export interface OfferedImage {
  /** What FROM says for it: `localhost/devstead/base-…:latest`. */
  readonly name: string;
  readonly record: ImageRecord;
}

interface OfferedLayer {
  readonly id: string;
  readonly digest: string;
  readonly parent?: string;
}

/**
 * Writes a read-only store in the format of containers-storage (`additionalimagestores`, storage.conf(5)) whose layers are
 * those of our own store, by links: buildah begins from them without a copy. `layers` is where it sees our layers. Layers
 * have the ids that buildah itself gives by content and place, so that it finds them there and copies none. Returns them.
 */
export function writeBaseStore(folder: string, layers: string, images: readonly OfferedImage[]): ReadonlySet<string> {
  for (const name of ['overlay/l', 'overlay-layers', 'overlay-images'])
    mkdirSync(join(folder, name), { recursive: true });
  const written = new Map<string, object>();
  for (const { record } of images) {
    const chain = chainLayers(record.layers);
    for (const [index, layer] of chain.entries()) {
      if (written.has(layer.id)) continue;
      writeLayer(folder, layers, layer, chain.slice(0, index));
      written.set(layer.id, describeLayer(layer));
    }
  }
  write(folder, 'overlay-layers/layers.json', [...written.values()]);
  write(
    folder,
    'overlay-images/images.json',
    images.map((image) => writeImage(folder, image)),
  );
  for (const name of ['overlay-layers/layers.lock', 'overlay-images/images.lock'])
    writeFileSync(join(folder, name), '');
  return new Set(written.keys());
}

/** The ids that containers-storage gives to layers, the lowest first: by the layer's digest and the id of the one below. */
function chainLayers(digests: readonly string[]): OfferedLayer[] {
  const chain: OfferedLayer[] = [];
  for (const digest of digests) {
    const parent = chain.at(-1)?.id;
    const hex = digest.replace('sha256:', '');
    const id = parent === undefined ? hex : createHash('sha256').update(`${parent}+${hex}`).digest('hex');
    chain.push({ id, digest, ...(parent === undefined ? {} : { parent }) });
  }
  return chain;
}

/** The short name by which overlayfs is told of a layer. */
function linkName({ id }: OfferedLayer): string {
  return id.slice(0, 26).toUpperCase();
}

function writeLayer(folder: string, layers: string, layer: OfferedLayer, below: readonly OfferedLayer[]): void {
  const place = join(folder, 'overlay', layer.id);
  mkdirSync(place);
  symlinkSync(`${layers}/${layer.digest.replace('sha256:', '')}`, join(place, 'diff'));
  symlinkSync(`../${layer.id}/diff`, join(folder, 'overlay/l', linkName(layer)));
  writeFileSync(join(place, 'link'), linkName(layer));
  if (below.length === 0) return;
  const lower = below.map((one) => `l/${linkName(one)}`).reverse();
  writeFileSync(join(place, 'lower'), lower.join(':'));
}

const someTime = '2023-06-10T00:00:00Z';

function describeLayer({ id, digest, parent }: OfferedLayer): object {
  return {
    id,
    ...(parent === undefined ? {} : { parent }),
    created: someTime,
    'compressed-diff-digest': digest,
    'compressed-size': 1,
    'diff-digest': digest,
    'diff-size': 1,
  };
}

function writeImage(folder: string, { name, record }: OfferedImage): object {
  const config = JSON.stringify(makeConfig(record.config, record.layers));
  const configDigest = digestOf(config);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: configDigest,
      size: Buffer.byteLength(config),
    },
    layers: record.layers.map((digest) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 1 })),
  });
  const manifestDigest = digestOf(manifest);
  const id = configDigest.replace('sha256:', '');
  mkdirSync(join(folder, 'overlay-images', id), { recursive: true });
  const parts = [
    { key: configDigest, text: config, digest: configDigest },
    { key: 'manifest', text: manifest, digest: manifestDigest },
    { key: `manifest-${manifestDigest}`, text: manifest, digest: manifestDigest },
  ];
  for (const { key, text } of parts) writeFileSync(join(folder, 'overlay-images', id, partName(key)), text);
  const byKey = <T>(value: (part: (typeof parts)[number]) => T): Record<string, T> =>
    Object.fromEntries(parts.map((part) => [part.key, value(part)]));
  return {
    id,
    digest: manifestDigest,
    names: [name],
    layer: chainLayers(record.layers).at(-1)?.id ?? '',
    created: someTime,
    'big-data-names': parts.map(({ key }) => key),
    'big-data-sizes': byKey(({ text }) => Buffer.byteLength(text)),
    'big-data-digests': byKey(({ digest }) => digest),
  };
}

/** The name of a file in which containers-storage keeps what it has under a key. */
export function partName(key: string): string {
  return /^[\w-]+$/.test(key) ? key : `=${Buffer.from(key).toString('base64')}`;
}

function makeConfig(config: ImageConfig, layers: readonly string[]): object {
  const { architecture, os } = machinePlatform();
  return {
    created: someTime,
    architecture,
    os,
    config: renderRunConfig(config),
    rootfs: { type: 'layers', diff_ids: layers },
    history: layers.map(() => ({ created: someTime, created_by: 'devstead' })),
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function write(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
