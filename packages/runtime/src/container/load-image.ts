import { randomUUID } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import type { ImageRecord } from '../images/types.ts';
import { makeFolder } from '../make-folder.ts';
import type { RuntimeSettings } from '../settings.ts';
import { readImage } from '../state/image-records.ts';
import type { ContainerContext } from './container-context.ts';
import { type EngineClient, EngineRefusal } from './engine/engine-client.ts';
import { readJsonLines } from './engine/streams.ts';
import { ifThere } from './engine-containers.ts';
import { imageTag } from './labels.ts';

const loadTimeoutMs = 10 * 60_000;

/**
 * Gives the engine an image of the store, once for its digest: packed as an archive, which the engine unpacks. Returns
 * its name there. Throws IMAGE_NOT_FOUND, ENGINE_FAILED, INTERRUPTED.
 */
export async function loadImage(
  context: ContainerContext,
  name: string,
  report: StepReport,
  signal: AbortSignal,
): Promise<string> {
  const { settings } = context;
  const record = readImage(settings.stateFolder, name);
  const tag = imageTag(name, record.digest);
  const { client } = await context.engine();
  await loadRecord(record, tag, { client, settings, report: (text) => report.output(`${text}\n`), signal });
  return tag;
}

interface LoadOptions {
  readonly client: EngineClient;
  readonly settings: RuntimeSettings;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Gives the engine an image under a name, unless it has one of that name. Throws ENGINE_FAILED, INTERRUPTED. */
export async function loadRecord(
  record: ImageRecord,
  tag: string,
  { client, settings, report, signal }: LoadOptions,
): Promise<void> {
  const { name } = record;
  if ((await ifThere(client.call('GET', `/images/${tag}/json`))) !== undefined) return;
  // Only who loads an image pays for what packs it.
  const [{ exportImage }, { openStore }] = await Promise.all([
    import('../images/pull/export-image.ts'),
    import('../images/store.ts'),
  ]);
  makeFolder(settings.cacheFolder, 0o700);
  const file = join(settings.cacheFolder, `load-${randomUUID()}.tar`);
  report(`packing ${name} for the engine`);
  try {
    await exportImage(record, file, {
      store: openStore(settings.stateFolder),
      idMap: openIdMap(settings),
      cacheFolder: settings.cacheFolder,
      reference: tag,
      isCompressed: false,
      onLayer: (done, of) => report(`packing ${name}: layer ${done} of ${of}`),
      signal,
    });
    report(`the engine takes ${name} in`);
    const options = { archive: createReadStream(file), query: { quiet: true }, timeoutMs: loadTimeoutMs, signal };
    const answer = await client.stream('POST', '/images/load', options);
    await readJsonLines(answer, (value) => {
      const { error } = value as { readonly error?: string };
      if (error !== undefined) throw new EngineRefusal(500, error);
    });
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    throw new AppError('ENGINE_FAILED', `the engine does not take the image ${name}: ${error.message}`, {
      cause: error,
    });
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Has something made of an image of the store by its name at the engine: as if the engine had it, which it nearly always
 * does, and once more when it has been given it.
 */
export async function withImage<Made>(
  context: ContainerContext,
  name: string,
  make: (image: string) => Promise<Made>,
  report: StepReport,
  signal: AbortSignal,
): Promise<Made> {
  try {
    return await make(imageTag(name, readImage(context.settings.stateFolder, name).digest));
  } catch (error) {
    if (!(error instanceof EngineRefusal) || error.status !== 404) throw error;
    return make(await loadImage(context, name, report, signal));
  }
}
