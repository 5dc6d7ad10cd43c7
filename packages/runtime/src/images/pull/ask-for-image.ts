import type { RuntimeSettings } from '../../settings.ts';
import { nameImage } from '../image-name.ts';
import { readOciConfig } from '../oci/image-config.ts';
import { machinePlatform } from '../oci/platform.ts';
import { findImage } from '../registry/find-image.ts';
import { Connection } from '../registry/send-request.ts';
import type { ImageConfig } from '../types.ts';
import { machineConnection, machineRegistries } from './machine-registries.ts';
import { requireReference } from './pull-image.ts';

/** An image that a registry has. */
export interface RemoteImage {
  /** The name it will have in the store. */
  readonly name: string;
  /** How it is run, its user as far as that can be known without its files. */
  readonly config: ImageConfig;
  /** The registry or mirror that has it. */
  readonly from: string;
}

/** Asks registries what an image is; its layers are not read. Throws as `findImage` does, and USAGE. */
export async function askForImage(
  text: string,
  settings: RuntimeSettings,
  signal: AbortSignal | undefined,
): Promise<RemoteImage> {
  const reference = requireReference(text);
  const connection = new Connection(machineConnection(settings));
  try {
    const registries = machineRegistries(settings);
    const { image, source } = await findImage(reference, machinePlatform(), registries, connection, signal);
    return { name: nameImage(reference), config: readOciConfig(image.config).config, from: source.name };
  } finally {
    connection.close();
  }
}
