import { exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { renderTable } from '../render-table.ts';
import { addStoreOptions, readStorePlace, type StoreOptions } from './store-options.ts';

/** `devstead index status`: whether the index is served, and what is in it. */
export function defineStatus(command: Command, io: Io, done: (exitCode: number) => void): void {
  addStoreOptions(command)
    .description('Show whether the index is served, its indexes, and how much is in them.')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead index status\n  devstead index status --output json\n')
    .action(async (options: StoreOptions & { readonly output: 'text' | 'json' }) => {
      const { readStatus, withStore } = await import('@devstead/pyindex/manage');
      const place = readStorePlace(io, options);
      const status = await withStore(place, readStatus);
      writeResult(io, options.output, { schemaVersion: 'index-status/v1', folder: place.folder, ...status }, () => {
        const { server } = status;
        const served =
          server === undefined
            ? 'not served'
            : `served by process ${server.pid}${server.address === undefined ? '' : ` on ${server.address}`}`;
        const rows = status.indexes.map(({ path, type, projects, files, bytes }) => [
          path,
          type,
          type === 'mirror' ? '' : String(projects),
          String(files),
          formatBytes(bytes),
        ]);
        const header = ['INDEX', 'TYPE', 'PROJECTS', 'FILES', 'SIZE'];
        return `${place.folder}: ${served}, ${status.users === 1 ? '1 user' : `${status.users} users`}\n${renderTable([header, ...rows], io.stdout)}`;
      });
      done(exitCode.done);
    });
}
