import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppError } from '@devstead/kit';
import { padding, type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import { TarReader } from '../../archive/tar-reader.ts';
import type { IdMap } from '../../ids/id-map.ts';
import { LayerRestore } from '../archive/layer-restore.ts';
import { layerRules } from '../archive/layer-rules.ts';
import { type BuildRoom, openBuildRoom, roomPaths } from '../build-room.ts';
import { throwIfInterrupted } from '../lock.ts';
import { machinePlatform, type Platform, parsePlatform } from '../oci/platform.ts';
import { renderRunConfig } from '../oci/render-run-config.ts';
import type { ImageStore } from '../store.ts';
import type { ImageRecord } from '../types.ts';
import type { Descriptor } from './image-source.ts';
import { diskFull } from './unpack-layer.ts';

export interface ExportOptions {
  readonly store: ImageStore;
  readonly idMap: IdMap;
  /** A folder for the layers while they are packed. */
  readonly cacheFolder: string;
  /** The name in the archive. Default: where it came from. */
  readonly reference?: string;
  /** False: layers are packed as they are, for who unpacks them at once. */
  readonly isCompressed?: boolean;
  /** Called when a layer is packed. */
  readonly onLayer?: (done: number, of: number) => void;
  readonly signal?: AbortSignal | undefined;
}

interface PackedLayer extends Descriptor {
  readonly diffId: string;
  readonly file: string;
}

/**
 * Writes an image of the store as an archive of the OCI layout that `docker load` reads as well. The same image gives
 * the same bytes. The file appears when it is whole. Throws MACHINE_LACKS, UNREADABLE_INPUT, INTERRUPTED.
 */
export async function exportImage(record: ImageRecord, file: string, options: ExportOptions): Promise<Descriptor> {
  const { store, idMap, cacheFolder } = options;
  const folder = join(cacheFolder, `export-${randomUUID()}`);
  const unfinished = `${file}.${process.pid}.new`;
  const room = await openBuildRoom({ images: store.folder, idMap });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const layers: PackedLayer[] = [];
    for (const [index, digest] of record.layers.entries()) {
      layers.push(await packLayer(room, digest, join(folder, String(index)), options));
      options.onLayer?.(index + 1, record.layers.length);
    }
    const manifest = writeArchive(record, layers, unfinished, options);
    await manifest.done;
    renameSync(unfinished, file);
    return manifest.descriptor;
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull();
    if (code === 'ENOENT' || code === 'EACCES')
      throw new AppError('UNREADABLE_INPUT', `cannot write ${file} (${code})`, { cause: error });
    throw error;
  } finally {
    room.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function packLayer(
  room: BuildRoom,
  digest: string,
  file: string,
  { signal, isCompressed = true }: ExportOptions,
): Promise<PackedLayer> {
  const folder = `${roomPaths.images}/layers/${digest.replace('sha256:', '')}`;
  const attributes = ['security.capability', 'user.overlay.opaque'].map((name) => `--xattrs-include=${name}`);
  const words = ['--create', '--sort=name', '--format=posix', '--numeric-owner', '--blocking-factor=512', '--xattrs'];
  const plain = createHash('sha256');
  const packed = createHash('sha256');
  const drain = (output: Readable): Promise<void> =>
    pipeline(
      output,
      restoreLayer(),
      hashing(plain),
      isCompressed ? createGzip() : new PassThrough(),
      hashing(packed),
      createWriteStream(file),
    );
  await room.run(['tar', ...words, ...attributes, '--directory', folder, '.'], 'packing a layer', { signal, drain });
  return {
    mediaType: `application/vnd.oci.image.layer.v1.tar${isCompressed ? '+gzip' : ''}`,
    digest: `sha256:${packed.digest('hex')}`,
    diffId: `sha256:${plain.digest('hex')}`,
    sizeBytes: statSync(file).size,
    file,
  };
}

function restoreLayer(): Transform {
  let parts: Buffer[] = [];
  const restore = new LayerRestore((part) => parts.push(part));
  const reader = new TarReader(restore, layerRules);
  const take = (): Buffer => {
    const all = Buffer.concat(parts);
    parts = [];
    return all;
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      reader.write(chunk);
      done(null, take());
    },
    flush: (done) => {
      reader.end();
      restore.finish();
      done(null, take());
    },
  });
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

interface Written {
  readonly descriptor: Descriptor;
  readonly done: Promise<void>;
}

/** The OCI layout with docker's own list beside it. */
function writeArchive(
  record: ImageRecord,
  layers: readonly PackedLayer[],
  file: string,
  { signal, ...options }: ExportOptions,
): Written {
  const reference = options.reference ?? record.origin?.reference ?? `localhost/devstead/${record.name}:latest`;
  const config = describeText('application/vnd.oci.image.config.v1+json', makeConfig(record, layers));
  const descriptors = layers.map(({ mediaType, digest, sizeBytes }) => ({ mediaType, digest, size: sizeBytes }));
  const manifest = describeText('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: toJson(config),
    layers: descriptors,
  });
  const annotations = {
    'io.containerd.image.name': reference,
    'org.opencontainers.image.ref.name': /:([^/:]+)$/.exec(reference)?.[1] ?? 'latest',
  };
  const blob = ({ digest }: Descriptor): string => `blobs/sha256/${digest.replace('sha256:', '')}`;
  const index = JSON.stringify({ schemaVersion: 2, manifests: [{ ...toJson(manifest), annotations }] });
  const list = JSON.stringify([
    { Config: blob(config), RepoTags: [reference.replace(/@.*$/, '')], Layers: layers.map(blob) },
  ]);
  const texts: (readonly [string, string])[] = [
    ['oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })],
    ['index.json', index],
    ['manifest.json', list],
    [blob(config), config.text],
    [blob(manifest), manifest.text],
  ];
  const write = async (): Promise<void> => {
    const out = openSync(file, 'w', 0o644);
    try {
      for (const path of ['blobs', 'blobs/sha256']) writeSync(out, writeHeader(makeEntry('folder', `${path}/`, 0)));
      for (const [path, text] of texts) {
        const body = Buffer.from(text);
        writeSync(out, Buffer.concat([writeHeader(makeEntry('file', path, body.length)), body, padding(body.length)]));
      }
      const unique = new Map(layers.map((layer) => [layer.digest, layer]));
      for (const layer of unique.values()) {
        writeSync(out, writeHeader(makeEntry('file', blob(layer), layer.sizeBytes)));
        for await (const piece of createReadStream(layer.file, { highWaterMark: 1 << 20 })) {
          throwIfInterrupted(signal);
          writeSync(out, piece as Buffer);
        }
        writeSync(out, padding(layer.sizeBytes));
      }
      writeSync(out, Buffer.alloc(1024));
    } finally {
      closeSync(out);
    }
  };
  return { descriptor: manifest, done: write() };
}

function makeConfig({ config, origin, createdAt }: ImageRecord, layers: readonly PackedLayer[]): object {
  const platform: Platform = origin === undefined ? machinePlatform() : parsePlatform(origin.platform);
  return {
    created: createdAt,
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    config: renderRunConfig(config),
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created: createdAt })),
  };
}

function describeText(mediaType: string, value: object): Descriptor & { readonly text: string } {
  const text = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { mediaType, digest, sizeBytes: Buffer.byteLength(text), text };
}

function toJson({ mediaType, digest, sizeBytes }: Descriptor): object {
  return { mediaType, digest, size: sizeBytes };
}

function makeEntry(type: 'file' | 'folder', path: string, sizeBytes: number): TarEntry {
  const mode = type === 'file' ? 0o644 : 0o755;
  return { type, path, link: '', mode, uid: 0, gid: 0, sizeBytes, mtime: 0, device: [0, 0], xattrs: new Map() };
}
