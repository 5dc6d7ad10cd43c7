import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { Stack, StackContent } from '../types.ts';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.devfileio.devfile.config.v2+json';
const devfileType = 'application/vnd.devfileio.devfile.layer.v1';
const archiveType = 'application/x-tar';

const layerTypes: Readonly<Record<string, string>> = {
  'devfile.yaml': devfileType,
  '.devfile.yaml': devfileType,
  'logo.svg': 'image/svg+xml',
  'logo.png': 'image/png',
  'archive.tar': archiveType,
};
const extensionType = 'application/vnd.devfileio.vsx.layer.v1.tar';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A version of a stack as what clients pull (OCI image specification, manifest). */
export interface Artifact {
  /** `devfile-catalog/NAME`. */
  readonly repository: string;
  readonly tag: string;
  readonly manifest: Buffer;
  readonly digest: string;
  /** Contents by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The artifacts of a stack, one for each version; samples, which are references to Git, have none. */
export function makeArtifacts({ entry: { type }, folderName, versions }: Stack): readonly Artifact[] {
  if (type === 'sample') return [];
  return versions.flatMap(({ entry, content }) =>
    content === undefined ? [] : [makeArtifact(`devfile-catalog/${folderName}`, entry.version, content)],
  );
}

function makeArtifact(repository: string, tag: string, { files }: StackContent): Artifact {
  const blobs = new Map<string, Buffer>();
  const add = (bytes: Buffer, mediaType: string, title?: string): Descriptor => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    const annotations = title === undefined ? {} : { annotations: { 'org.opencontainers.image.title': title } };
    return { mediaType, digest, size: bytes.length, ...annotations };
  };
  const config = add(Buffer.from('{}'), configType);
  const layers = files.flatMap(({ path, bytes }) => {
    const type = layerTypes[path] ?? (extname(path) === '.vsx' && !path.includes('/') ? extensionType : undefined);
    return type === undefined ? [] : [add(bytes, type, path)];
  });
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  return { repository, tag, manifest, digest: digestOf(manifest), blobs };
}
