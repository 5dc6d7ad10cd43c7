import { exitCode } from '@devstead/kit';
import { carryOutPrune, listUsedLayers, machinePullOptions, openIdMap, planPrune } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';

interface PruneCommandOptions {
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly buildCache?: boolean;
  readonly output: 'text' | 'json';
}

const defaultAgeMs = 30 * 24 * 60 * 60 * 1000;

/** `devstead image prune`: removes what nobody has used for some time. */
export function definePrune(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Remove images that no workspace was made from and that were not used for some time.')
    .option('--older-than <duration>', 'keep what was used since, for example 7d, 12h, 0', parseAge, defaultAgeMs)
    .option(
      '--build-cache',
      'also what builds from Dockerfiles keep: layers of steps, cache mounts, fetched repositories',
    )
    .option('--dry-run', 'say what would go and remove nothing')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe default is 30 days. What pulls that were cut off left goes as well. Builds keep at most images.buildCache by themselves.\n' +
        '\nExamples:\n  devstead image prune --dry-run\n  devstead image prune --older-than 7d\n' +
        '  devstead image prune --build-cache\n',
    )
    .action(async (options: PruneCommandOptions) => {
      const settings = readSettings(io);
      const idMap = openIdMap(settings);
      const { store, blobs } = machinePullOptions(settings, idMap);
      const prune = {
        store,
        blobs,
        idMap,
        cacheFolder: settings.cacheFolder,
        usedLayers: listUsedLayers(settings.stateFolder),
        olderThanMs: options.olderThan,
        now: io.clock.now(),
        signal: io.signal,
      };
      const plan = planPrune(prune);
      const { measurePrune, pruneBuilder } = await import('@devstead/runtime/builds');
      const isDryRun = options.dryRun === true;
      const freed = await measurePrune(plan, prune);
      const kept = freed.builder + freed.contexts;
      const takesCache = options.buildCache === true;
      const [buildCacheBytes, keptBuildCacheBytes] = takesCache ? [kept, 0] : [0, kept];
      if (!isDryRun) {
        if (takesCache) await pruneBuilder(prune);
        await carryOutPrune(plan, prune);
      }
      const images = plan.images.map(({ record, usedAt }, at) => ({
        name: record.name,
        ...(record.origin === undefined ? {} : { reference: record.origin.reference }),
        lastUsedAt: new Date(usedAt).toISOString(),
        freedBytes: freed.images[at] ?? 0,
      }));
      const partBytes = plan.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const freedBytes = images.reduce((sum, image) => sum + image.freedBytes, partBytes + buildCacheBytes);
      const schemaVersion = 'image-prune/v1';
      const unfinishedBytes = partBytes;
      const result = {
        schemaVersion,
        isDryRun,
        images,
        unfinishedBytes,
        buildCacheBytes,
        keptBuildCacheBytes,
        freedBytes,
      };
      writeResult(io, options.output, result, () => {
        const rows = images.map(({ name, reference, lastUsedAt, freedBytes: bytes }): Cell[] => [
          harmlessText(reference ?? name, false),
          `last used ${lastUsedAt.slice(0, 10)}`,
          formatBytes(bytes),
        ]);
        const table = rows.length === 0 ? '' : renderTable(rows, { hasColour: io.stdout.hasColour });
        const hint =
          keptBuildCacheBytes === 0
            ? ''
            : `${formatBytes(keptBuildCacheBytes)} are kept for later builds; --build-cache removes them\n`;
        return `${table}${formatBytes(freedBytes)} ${isDryRun ? 'would be freed' : 'freed'}\n${hint}`;
      });
      done(exitCode.done);
    });
}

function parseAge(text: string): number {
  return text === '0' ? 0 : parseDuration(text);
}
