import { AppError } from '@devstead/kit';
import { readOciConfig } from '../oci/image-config.ts';
import { choosePlatform, readManifest } from '../oci/manifest.ts';
import { matchPlatform, type Platform, renderPlatform } from '../oci/platform.ts';
import { type SourceImage, TransferError } from '../pull/image-source.ts';
import { type ImageReference, renderReference } from '../reference.ts';
import { listEndpoints } from './registries-conf.ts';
import { RegistryClient } from './registry-client.ts';
import type { RegistrySettings } from './registry-settings.ts';
import type { Connection } from './send-request.ts';

/** An image found at a registry or a mirror of it. */
export interface FoundImage {
  readonly image: SourceImage;
  readonly source: RegistryClient;
}

/**
 * Asks for an image, place after place, and returns the first that has it. Throws IMAGE_PULL_FAILED, IMAGE_NOT_FOUND or
 * REGISTRY_DENIED with each place and why it does not serve; IMAGE_REFUSED and INTERRUPTED at once.
 */
export async function findImage(
  reference: ImageReference,
  platform: Platform,
  settings: RegistrySettings,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<FoundImage> {
  const failures: { readonly host: string; readonly error: unknown }[] = [];
  for (const endpoint of await listEndpoints(reference, settings)) {
    const source = new RegistryClient(connection, endpoint, settings);
    try {
      const image = await readImage(source, reference.digest ?? reference.tag ?? 'latest', platform, signal);
      return { image, source };
    } catch (error) {
      const isFinal = error instanceof AppError && (error.code === 'IMAGE_REFUSED' || error.code === 'INTERRUPTED');
      if (isFinal || !(error instanceof AppError || error instanceof TransferError)) throw error;
      failures.push({ host: endpoint.host, error });
    }
  }
  throw explainFailures(reference, failures);
}

async function readImage(
  source: RegistryClient,
  name: string,
  platform: Platform,
  signal: AbortSignal | undefined,
): Promise<SourceImage> {
  const first = await source.readManifest(name, signal);
  let manifest = readManifest(first.text);
  if (manifest.type === 'index') {
    const chosen = choosePlatform(manifest.manifests, platform);
    manifest = readManifest((await source.readManifest(chosen.digest, signal)).text);
    if (manifest.type === 'index') throw new AppError('IMAGE_REFUSED', 'the image is a list of lists of images');
  }
  const config = await source.readDocument(manifest.config, signal);
  checkConfig(config.text, manifest.layers.length, platform);
  return { manifestDigest: first.digest, configDigest: config.digest, config: config.text, layers: manifest.layers };
}

/** Throws IMAGE_REFUSED for a configuration that does not belong to its layers or to this platform. */
export function checkConfig(text: string, layerCount: number, wanted: Platform): void {
  const { diffIds, platform } = readOciConfig(text);
  if (diffIds.length !== layerCount) {
    throw new AppError(
      'IMAGE_REFUSED',
      'the image cannot be used: its configuration and manifest tell of other layers',
      {
        details: [`${diffIds.length} in the configuration, ${layerCount} in the manifest`],
      },
    );
  }
  if (platform.architecture === '' || matchPlatform(platform, wanted) > 0) return;
  throw new AppError('IMAGE_REFUSED', `the image is not made for ${renderPlatform(wanted)}`, {
    details: [`made for ${renderPlatform(platform)}`],
  });
}

function explainFailures(
  reference: ImageReference,
  failures: readonly { readonly host: string; readonly error: unknown }[],
): AppError {
  const last = failures.at(-1)?.error;
  const name = renderReference(reference);
  const details = failures.map(
    ({ host, error }) => `${host}: ${error instanceof Error ? error.message : String(error)}`,
  );
  if (last instanceof AppError)
    return new AppError(last.code, `the image ${name} cannot be pulled`, { cause: last, details, hint: last.hint });
  return new AppError('IMAGE_PULL_FAILED', `no registry that could have the image ${name} was reached`, {
    cause: last,
    details,
  });
}
