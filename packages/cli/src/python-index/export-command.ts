import { resolve } from 'node:path';
import { exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { StatusLine } from '../up/status-line.ts';
import { addStoreOptions, readStorePlace, type StoreOptions } from './store-options.ts';

interface ExportOptions extends StoreOptions {
  readonly mirrored: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead index export`: a copy of everything as of one moment, while the server runs or not. */
export function defineExport(command: Command, io: Io, done: (exitCode: number) => void): void {
  addStoreOptions(command)
    .description('Back everything up to a new folder, also while the server runs.')
    .argument('<folder>', 'where to; it must not be there yet')
    .option('--no-mirrored', 'without what mirrors have fetched: it can be had again')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe folder is there when the copy is complete, and can be served: devstead index serve --data FOLDER.\n' +
        'It holds the hashes of passwords: keep it as you keep the index itself.\n' +
        '\nExamples:\n  devstead index export backup-$(date +%F)\n  devstead index export --no-mirrored /mnt/backup/index\n',
    )
    .action(async (folder: string, options: ExportOptions) => {
      const { exportStore, withStore } = await import('@devstead/pyindex/manage');
      const target = resolve(io.cwd, folder);
      const status = new StatusLine(io);
      status.begin('export', `copying to ${folder}`);
      const copied = await withStore(readStorePlace(io, options), (store) =>
        exportStore(store, {
          target,
          isWithoutMirrored: !options.mirrored,
          onProgress: (files, of) => status.update('export', `${files} of ${of} files`),
          signal: io.signal,
        }),
      ).finally(() => status.finish('export'));
      writeResult(io, options.output, { schemaVersion: 'index-export/v1', folder: target, ...copied }, () => {
        const { files, bytes, serial } = copied;
        return `the index as of serial ${serial} is in ${target}  ${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}\n`;
      });
      done(exitCode.done);
    });
}
