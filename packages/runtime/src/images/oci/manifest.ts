import { AppError } from '@devstead/kit';
import type { Descriptor } from '../pull/image-source.ts';
import { matchPlatform, type Platform, renderPlatform } from './platform.ts';

/** Media types that are asked for: manifests and lists of manifests, docker's and OCI's. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** As docker and overlayfs's options can take. */
const mostLayers = 127;
const mostManifests = 1000;
/** Of manifests and configurations, as registries have it. */
export const longestDocument = 4 << 20;
/** One layer may have so many bytes as it is stored. */
const largestLayer = 2 ** 36;

const layerType =
  /^application\/vnd\.(?:docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?|oci\.image\.layer\.v1\.tar(?:\+gzip|\+zstd)?)$/;

/** What a manifest holds: an image, or the images for several platforms. */
export type Manifest =
  | { readonly type: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly type: 'index'; readonly manifests: readonly PlatformDescriptor[] };

interface PlatformDescriptor extends Descriptor {
  readonly platform?: Platform;
}

/** Reads a manifest (OCI image specification, manifest.md and image-index.md). Throws IMAGE_REFUSED. */
export function readManifest(text: string): Manifest {
  const document = parseDocument(text, 'manifest');
  if (document['schemaVersion'] !== 2) throw refuse('its manifest has an old form (schema 1)');
  const { manifests, layers, config } = document;
  if (Array.isArray(manifests)) {
    if (manifests.length > mostManifests) throw refuse(`it lists more than ${mostManifests} manifests`);
    return { type: 'index', manifests: manifests.map(readPlatformDescriptor) };
  }
  if (!Array.isArray(layers) || config === undefined) throw refuse('it is no container image');
  if (layers.length > mostLayers) throw refuse(`it has more than ${mostLayers} layers (${layers.length})`);
  const read = layers.map(readDescriptor);
  for (const { mediaType, sizeBytes } of read) {
    if (/foreign|nondistributable/.test(mediaType)) throw refuse('a layer of it is not kept by its registry');
    if (!layerType.test(mediaType)) throw refuse(`it is no container image: it has a layer of the type ${mediaType}`);
    if (sizeBytes > largestLayer) throw refuse(`a layer of it has ${sizeBytes} bytes`);
  }
  return { type: 'image', config: readDescriptor(config), layers: read };
}

/** The manifest for a platform. Throws IMAGE_REFUSED that names the platforms there are. */
export function choosePlatform(manifests: readonly PlatformDescriptor[], wanted: Platform): Descriptor {
  const rated = manifests
    .map((manifest) => ({
      manifest,
      fit: manifest.platform === undefined ? 0 : matchPlatform(manifest.platform, wanted),
    }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit);
  const best = rated[0]?.manifest ?? (manifests.length === 1 && !manifests[0]?.platform ? manifests[0] : undefined);
  if (best !== undefined) return best;
  const names = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [renderPlatform(platform)]));
  throw new AppError('IMAGE_REFUSED', `the image is not made for ${renderPlatform(wanted)}`, {
    details: names.slice(0, 30).map((name) => `made for ${name}`),
    hint: 'Use an image for this platform; `devstead image pull --platform` fetches another one.',
  });
}

/** A JSON object of an image. Throws IMAGE_REFUSED. */
export function parseDocument(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw refuse(`its ${what} is no JSON object`);
}

function readPlatformDescriptor(value: unknown): PlatformDescriptor {
  const descriptor = readDescriptor(value);
  const platform = isObject(value) && isObject(value['platform']) ? value['platform'] : undefined;
  if (platform === undefined) return descriptor;
  const part = (name: string): string | undefined =>
    typeof platform[name] === 'string' ? platform[name].slice(0, 40) : undefined;
  return {
    ...descriptor,
    platform: { os: part('os') ?? '', architecture: part('architecture') ?? '', variant: part('variant') },
  };
}

function readDescriptor(value: unknown): Descriptor {
  const { mediaType = '', digest, size } = isObject(value) ? value : {};
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw refuse('its manifest names something by no SHA-256 digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw refuse('its manifest gives a size that is none');
  return { mediaType: typeof mediaType === 'string' ? mediaType.slice(0, 200) : '', digest, sizeBytes: size };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(what: string): AppError {
  return new AppError('IMAGE_REFUSED', `the image cannot be used: ${what}`);
}
