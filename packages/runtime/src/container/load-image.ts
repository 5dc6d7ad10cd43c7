import { randomUUID } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { openIdMap } from '../ids/state-id-map.ts';
import { makeFolder } from '../make-folder.ts';
import { readImage } from '../state/image-records.ts';
import type { ContainerContext } from './container-context.ts';
import { EngineRefusal } from './engine/engine-client.ts';
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
  if ((await ifThere(client.call('GET', `/images/${tag}/json`))) !== undefined) return tag;
  // Only who loads an image pays for what packs it.
  const [{ exportImage }, { openStore }] = await Promise.all([
    import('../images/pull/export-image.ts'),
    import('../images/store.ts'),
  ]);
  makeFolder(settings.cacheFolder, 0o700);
  const file = join(settings.cacheFolder, `load-${randomUUID()}.tar`);
  report.output(`packing ${name} for the engine\n`);
  try {
    await exportImage(record, file, {
      store: openStore(settings.stateFolder),
      idMap: openIdMap(settings),
      cacheFolder: settings.cacheFolder,
      reference: tag,
      isCompressed: false,
      onLayer: (done, of) => report.output(`packing ${name}: layer ${done} of ${of}\n`),
      signal,
    });
    report.output(`the engine takes ${name} in\n`);
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
  return tag;
}
