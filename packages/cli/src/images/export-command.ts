import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import { exportImage, openIdMap, openStore } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { StatusLine } from '../up/status-line.ts';
import { findStoredImage } from './find-stored-image.ts';

interface ExportCommandOptions {
  readonly force?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead image export`: an image of the local store as an archive. */
export function defineExport(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Write an image to an archive of the OCI layout, which docker, podman and skopeo read as well.')
    .argument('<image>', 'its name, or the reference it was pulled by')
    .argument('<file>', 'the archive to write')
    .option('--force', 'overwrite the file')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead image export python python.tar && docker load -i python.tar\n' +
        '  devstead image export registry.example.com/team/app:1.2 app.tar\n',
    )
    .action(async (name: string, path: string, options: ExportCommandOptions) => {
      const settings = readSettings(io);
      const store = openStore(settings.stateFolder);
      const record = findStoredImage(store, name);
      const file = resolve(io.cwd, path);
      if (existsSync(file) && options.force !== true)
        throw new AppError('USAGE', `${path} exists already`, { hint: 'Give --force to overwrite it.' });
      const status = new StatusLine(io);
      status.begin('export', `image ${record.name}`);
      const manifest = await exportImage(record, file, {
        store,
        idMap: openIdMap(settings),
        cacheFolder: settings.cacheFolder,
        onLayer: (ready, of) => status.update('export', `${ready} of ${of} layers packed`),
        signal: io.signal,
      }).finally(() => status.finish('export'));
      const sizeBytes = statSync(file).size;
      const result = {
        schemaVersion: 'image-export/v1',
        name: record.name,
        file,
        manifestDigest: manifest.digest,
        sizeBytes,
      };
      writeResult(io, options.output, result, () => `${record.name} written to ${path} (${formatBytes(sizeBytes)})\n`);
      done(exitCode.done);
    });
}
