import { resolve } from 'node:path';
import { exitCode } from '@devstead/kit';
import { importImage, machinePullOptions, openIdMap, parsePlatform, requireReference } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { showProgress } from './pull-progress.ts';
import { describePulled, renderPulled } from './pulled-result.ts';

interface ImportCommandOptions {
  readonly name?: string;
  readonly platform?: string;
  readonly force?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead image import`: an image from an archive into the local store. */
export function defineImport(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Take an image from an archive: of the OCI layout, or as `docker save` writes it; also compressed.')
    .argument('<file>', 'the archive')
    .option('--name <reference>', 'what the image is called; default: what the archive says')
    .option('--platform <platform>', 'of an archive for several; default: this machine’s')
    .option('--force', 'also what is there already')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  docker save -o app.tar team/app:1.2 && devstead image import app.tar\n' +
        '  devstead image import --name registry.example.com/team/app:1.2 app-oci.tar.gz\n',
    )
    .action(async (file: string, options: ImportCommandOptions) => {
      const settings = readSettings(io);
      const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
      if (options.name !== undefined) requireReference(options.name);
      const { store, idMap } = machinePullOptions(settings, openIdMap(settings));
      const pulled = await showProgress(io, `image ${file}`, (onProgress) =>
        importImage(resolve(io.cwd, file), {
          store,
          idMap,
          cacheFolder: settings.cacheFolder,
          reference: options.name,
          platform,
          isForced: options.force === true,
          onProgress,
          signal: io.signal,
        }),
      );
      const images = [describePulled(pulled)];
      const result = { schemaVersion: 'image-import/v1', images };
      writeResult(io, options.output, result, () => renderPulled(images, 'imported'));
      done(exitCode.done);
    });
}
