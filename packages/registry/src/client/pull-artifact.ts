import { AppError } from '@devstead/kit';
import { registryLimits } from '../limits.ts';
import { digestOf, manifestType } from '../oci/artifact.ts';
import type { StackFile } from '../types.ts';
import type { World } from '../world.ts';
import { unpackArchive } from './unpack-archive.ts';

interface Layer {
  readonly digest: string;
  readonly size: number;
  readonly title: string;
}

const mostLayers = 100;
const manifestBytes = 256 * 1024;

/**
 * Pulls a stack that is an OCI artifact: every content is held to its digest and size, and names are names of files and
 * nothing else. Undefined when the registry has no such artifact. Throws STACK_REGISTRY_FAILED.
 */
export async function pullArtifact(
  world: World,
  registry: string,
  link: string,
): Promise<readonly StackFile[] | undefined> {
  const [, repository = '', tag = ''] =
    /^([a-z0-9][a-z0-9/._-]*):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/.exec(link) ?? [];
  if (repository === '' || repository.split('/').includes('..'))
    throw fail(registry, `the link ${JSON.stringify(link)} is none`);
  const base = `${registry}/v2/${repository}`;
  const manifest = await world.get(`${base}/manifests/${tag}`, { maxBytes: manifestBytes, accept: manifestType });
  if (manifest.status === 'absent') return undefined;
  if (manifest.status !== 'fetched') throw fail(registry, manifest.reason, manifest.hint);
  const files: StackFile[] = [];
  let total = 0;
  for (const { digest, size, title } of readLayers(manifest.bytes, registry)) {
    total += size;
    if (total > registryLimits.versionBytes) throw fail(registry, `${link} is larger than a stack may be`);
    const blob = await world.get(`${base}/blobs/${digest}`, { maxBytes: size });
    if (blob.status !== 'fetched') throw fail(registry, `${title} of ${link}: ${blob.reason}`, blob.hint);
    if (blob.bytes.length !== size || digestOf(blob.bytes) !== digest)
      throw fail(registry, `${title} of ${link} is not what its digest says`);
    if (title === 'archive.tar') files.push(...(await unpack(blob.bytes, registry, link)));
    else files.push({ path: title, bytes: blob.bytes, isExecutable: false });
  }
  const paths = new Set(files.map(({ path }) => path));
  if (paths.size !== files.length) throw fail(registry, `${link} has a file twice`);
  return files;
}

function readLayers(manifest: Buffer, registry: string): readonly Layer[] {
  let layers: unknown;
  try {
    ({ layers } = JSON.parse(manifest.toString('utf8')) as { layers?: unknown });
  } catch {
    throw fail(registry, 'a manifest is not valid JSON');
  }
  if (!Array.isArray(layers) || layers.length > mostLayers) throw fail(registry, 'a manifest has no list of layers');
  return layers.map((layer: unknown) => readLayer(layer) ?? refuseLayer(registry));
}

function refuseLayer(registry: string): never {
  throw fail(registry, 'a manifest has a layer without a digest, a size or the name of a file');
}

function readLayer(value: unknown): Layer | undefined {
  const { digest, size, annotations } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const title = ((annotations ?? {}) as Readonly<Record<string, unknown>>)['org.opencontainers.image.title'];
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (typeof title !== 'string' || !/^\.?[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/.test(title)) return undefined;
  return { digest, size, title };
}

async function unpack(bytes: Buffer, registry: string, link: string): Promise<readonly StackFile[]> {
  try {
    return await unpackArchive(bytes);
  } catch (error) {
    throw fail(registry, `the archive of ${link} is not unpacked: ${(error as Error).message}`);
  }
}

function fail(registry: string, reason: string, hint?: string): AppError {
  return new AppError('STACK_REGISTRY_FAILED', `${registry}: ${reason}`, hint === undefined ? {} : { hint });
}
