import { exitCode } from '@devstead/kit';
import {
  carryOutPrune,
  listUsedLayers,
  machinePullOptions,
  openIdMap,
  type PruneOptions,
  planPrune,
} from '@devstead/runtime/images';
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
    .option('--build-cache', 'also what builds from Dockerfiles keep: layers of steps, cache mounts')
    .option('--dry-run', 'say what would go and remove nothing')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe default is 30 days. What pulls that were cut off left goes as well.\n' +
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
        usedLayers: listUsedLayers(settings.stateFolder),
        olderThanMs: options.olderThan,
        now: io.clock.now(),
        signal: io.signal,
      };
      const plan = planPrune(prune);
      if (options.dryRun !== true) await carryOutPrune(plan, prune);
      const buildCacheBytes = options.buildCache === true ? await removeBuildCache(prune, options.dryRun === true) : 0;
      const images = plan.images.map(({ record, usedAt, freedBytes }) => ({
        name: record.name,
        ...(record.origin === undefined ? {} : { reference: record.origin.reference }),
        lastUsedAt: new Date(usedAt).toISOString(),
        freedBytes,
      }));
      const partBytes = plan.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const freedBytes = images.reduce((sum, image) => sum + image.freedBytes, partBytes + buildCacheBytes);
      const isDryRun = options.dryRun === true;
      const schemaVersion = 'image-prune/v1';
      const result = { schemaVersion, isDryRun, images, unfinishedBytes: partBytes, buildCacheBytes, freedBytes };
      writeResult(io, options.output, result, () => {
        const rows = images.map(({ name, reference, lastUsedAt, freedBytes: bytes }): Cell[] => [
          harmlessText(reference ?? name, false),
          `last used ${lastUsedAt.slice(0, 10)}`,
          formatBytes(bytes),
        ]);
        const table = rows.length === 0 ? '' : renderTable(rows, { hasColour: io.stdout.hasColour });
        return `${table}${formatBytes(freedBytes)} ${isDryRun ? 'would be freed' : 'freed'}\n`;
      });
      done(exitCode.done);
    });
}

async function removeBuildCache({ store, idMap, signal }: PruneOptions, isDryRun: boolean): Promise<number> {
  const { pruneBuilder } = await import('@devstead/runtime/builds');
  return await pruneBuilder({ store, idMap, signal, isDryRun });
}

function parseAge(text: string): number {
  return text === '0' ? 0 : parseDuration(text);
}
