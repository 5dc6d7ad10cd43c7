import { createHash } from 'node:crypto';
import { AppError } from '@devstead/kit';
import { isObject, parseDocument } from '../../images/oci/manifest.ts';
import { partName } from './base-store.ts';

/** A layer that buildah made. */
export interface MadeLayer {
  /** In buildah's storage. */
  readonly id: string;
  /** Of its archive without compression. */
  readonly digest: string;
}

/** A finished image in buildah's storage. */
export interface MadeImage {
  /** The configuration's text. */
  readonly config: string;
  /** Over the configuration, which names the layers: the same for the same files, steps and times. */
  readonly digest: string;
  /** The lowest first; those of the base are not among them. */
  readonly layers: readonly MadeLayer[];
}

/** Where an image's configuration is in buildah's storage; its id is the digest of it. */
export function configPath(id: string): string {
  return `storage/overlay-images/${id}/${partName(`sha256:${id}`)}`;
}

/** Puts together what the files of buildah's storage say of an image. Throws INTERNAL for what cannot be. */
export function readMadeImage(id: string, config: string, images: string, layers: string): MadeImage {
  const image = readList(images).find((row) => row['id'] === id);
  const rows = new Map(readList(layers).map((row) => [row['id'], row]));
  const found: MadeLayer[] = [];
  for (let at = image?.['layer']; typeof at === 'string'; ) {
    const row = rows.get(at);
    // What is not in its own storage is the base's.
    if (row === undefined) break;
    const digest = row['diff-digest'];
    if (typeof digest !== 'string') throw new AppError('INTERNAL', 'the builder made a layer without a digest');
    found.unshift({ id: at, digest });
    at = row['parent'];
  }
  return { config, digest: digestConfig(config), layers: found };
}

/** Leaves out what buildah makes up for each build: names of containers, of hosts, and of images between the steps. */
function digestConfig(text: string): string {
  const {
    container: _id,
    container_config: _other,
    parent: _parent,
    config,
    history,
    ...rest
  } = parseDocument(text, 'config');
  const { Hostname: _name, ...run } = isObject(config) ? config : {};
  const rows = Array.isArray(history) ? history.filter(isObject) : [];
  const steps = rows.map(({ comment, ...row }) =>
    /^FROM [0-9a-f]+$/.test(String(comment)) ? row : { ...row, comment },
  );
  const hash = createHash('sha256').update(JSON.stringify({ ...rest, config: run, history: steps }));
  return `sha256:${hash.digest('hex')}`;
}

function readList(text: string): Record<string, unknown>[] {
  const { rows } = parseDocument(`{"rows":${text}}`, 'storage');
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}
