import { createHash } from 'node:crypto';
import { AppError } from '@devstead/kit';
import { choosePlatform, isObject, type Manifest, parseDocument, readManifest } from '../oci/manifest.ts';
import type { Platform } from '../oci/platform.ts';
import type { Descriptor, LayerSource, SourceImage } from '../pull/image-source.ts';
import { checkConfig } from '../registry/find-image.ts';
import type { ArchiveFile } from './archive-file.ts';
import { brokenArchive } from './layer-rules.ts';

/** An image in an archive. */
export interface ArchivedImage {
  readonly image: SourceImage;
  readonly source: LayerSource;
  /** The reference the archive gives it, where it gives one. */
  readonly reference?: string;
}

/**
 * Finds the image in an archive: one of the OCI layout (image-layout.md), or one that `docker save` wrote. Where there
 * are several, `wanted` says which by its name. Throws IMAGE_REFUSED, USAGE.
 */
export async function readImageArchive(
  archive: ArchiveFile,
  file: string,
  platform: Platform,
  wanted: string | undefined,
): Promise<ArchivedImage> {
  const index = await archive.readText('index.json');
  if (index !== undefined) return readOciLayout(archive, file, index, platform, wanted);
  const manifest = await archive.readText('manifest.json');
  if (manifest !== undefined) return readDockerArchive(archive, file, manifest, platform, wanted);
  throw new AppError('IMAGE_REFUSED', `${file} is no archive of an image`, {
    hint: 'Write one with `docker save`, `podman save`, `skopeo copy … oci-archive:FILE` or `devstead image export`.',
  });
}

async function readOciLayout(
  archive: ArchiveFile,
  file: string,
  text: string,
  platform: Platform,
  wanted: string | undefined,
): Promise<ArchivedImage> {
  const index = readManifest(text);
  if (index.type !== 'index') throw brokenArchive('its index.json is no index');
  const names = readNames(text);
  const named = index.manifests.map((manifest, at) => ({ manifest, name: names[at] }));
  const chosen = named.length === 1 || wanted === undefined ? named : named.filter(({ name }) => name === wanted);
  if (chosen.length === 0) throw severalImages(file, names);
  let descriptor = chosen.length === 1 ? chosen[0]?.manifest : undefined;
  if (descriptor === undefined && chosen.some(({ manifest }) => manifest.platform !== undefined))
    descriptor = choosePlatform(
      chosen.map(({ manifest }) => manifest),
      platform,
    );
  if (descriptor === undefined) throw severalImages(file, names);
  const reference = chosen.find(({ manifest }) => manifest.digest === descriptor.digest)?.name;
  let manifest = await readBlobManifest(archive, descriptor);
  if (manifest.type === 'index')
    manifest = await readBlobManifest(archive, choosePlatform(manifest.manifests, platform));
  if (manifest.type === 'index') throw brokenArchive('it is a list of lists of images');
  const config = await readChecked(archive, manifest.config);
  checkConfig(config, manifest.layers.length, platform);
  return {
    image: { manifestDigest: descriptor.digest, configDigest: manifest.config.digest, config, layers: manifest.layers },
    source: { name: file, read: (layer, offset) => archive.read(blobPath(layer.digest), offset) },
    ...(reference === undefined ? {} : { reference }),
  };
}

/** The references in an index: the whole one that containerd and docker note, else the tag alone. */
function readNames(text: string): (string | undefined)[] {
  const { manifests } = parseDocument(text, 'index');
  if (!Array.isArray(manifests)) return [];
  return manifests.map((manifest) => {
    const notes = isObject(manifest) && isObject(manifest['annotations']) ? manifest['annotations'] : {};
    const found = [notes['io.containerd.image.name'], notes['org.opencontainers.image.ref.name']];
    return found.find((name): name is string => typeof name === 'string' && name !== '');
  });
}

async function readBlobManifest(archive: ArchiveFile, descriptor: Descriptor): Promise<Manifest> {
  return readManifest(await readChecked(archive, descriptor));
}

async function readChecked(archive: ArchiveFile, { digest }: Descriptor): Promise<string> {
  const text = await archive.readText(blobPath(digest));
  if (text === undefined) throw brokenArchive(`it does not have ${blobPath(digest)}`);
  if (digestOf(text) !== digest) throw brokenArchive(`${blobPath(digest)} is not what its digest names`);
  return text;
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest.replace('sha256:', '')}`;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

interface DockerRow {
  readonly config: string;
  readonly layers: readonly string[];
  readonly tags: readonly string[];
}

async function readDockerArchive(
  archive: ArchiveFile,
  file: string,
  text: string,
  platform: Platform,
  wanted: string | undefined,
): Promise<ArchivedImage> {
  const rows = readDockerRows(text);
  const chosen = rows.length === 1 || wanted === undefined ? rows : rows.filter(({ tags }) => tags.includes(wanted));
  const [row] = chosen;
  if (row === undefined || chosen.length > 1)
    throw severalImages(
      file,
      rows.flatMap(({ tags }) => tags),
    );
  const config = await archive.readText(row.config);
  if (config === undefined) throw brokenArchive(`it does not have ${row.config}`);
  checkConfig(config, row.layers.length, platform);
  // This form has no digests of the layers as they are stored; those without compression are in the configuration.
  const paths = new Map(row.layers.map((path, index) => [`sha256:${String(index).padStart(64, '0')}`, path]));
  const layers = [...paths].map(([digest, path]) => ({ mediaType: '', digest, sizeBytes: archive.sizeOf(path) ?? 0 }));
  const reference = wanted ?? row.tags[0];
  return {
    image: { configDigest: digestOf(config), config, layers },
    source: {
      name: file,
      hasDigests: false,
      read: (layer, offset) => archive.read(paths.get(layer.digest) ?? '', offset),
    },
    ...(reference === undefined ? {} : { reference }),
  };
}

function readDockerRows(text: string): DockerRow[] {
  const value = parseDocument(`{"rows":${text}}`, 'manifest.json')['rows'];
  const texts = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
  const rows = Array.isArray(value) ? value.filter(isObject) : [];
  return rows.map((row) => {
    const layers = texts(row['Layers']);
    if (typeof row['Config'] !== 'string' || layers.length > 127) throw brokenArchive('its manifest.json is none');
    return { config: row['Config'], layers, tags: texts(row['RepoTags']) };
  });
}

function severalImages(file: string, names: readonly (string | undefined)[]): AppError {
  const known = names.filter((name) => name !== undefined);
  return new AppError('USAGE', `${file} has several images, and none of them is the one asked for`, {
    details: known,
    hint: 'Name one: devstead image import --name REFERENCE FILE.',
  });
}
