import { exitCode } from '@devstead/kit';
import { openStore, tagImage } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { findStoredImage } from './find-stored-image.ts';

/** `devstead image tag`: further names for an image. */
export function defineTag(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Give an image further names; its layers are shared.')
    .argument('<image>', 'its name, or the reference it was pulled or built by')
    .argument('<names...>', 'the new names; an image that has one loses it')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead image tag app:latest registry.example.com/team/app:1.2\n')
    .action((name: string, names: readonly string[], options: { readonly output: 'text' | 'json' }) => {
      const store = openStore(readSettings(io).stateFolder);
      const tagged = tagImage(store, findStoredImage(store, name), names);
      const images = tagged.map((record) => ({
        name: record.name,
        reference: record.origin?.reference ?? record.name,
        digest: record.digest,
      }));
      writeResult(io, options.output, { schemaVersion: 'image-tag/v1', images }, () =>
        images.map(({ reference, name: stored }) => `${reference}  (${stored})\n`).join(''),
      );
      done(exitCode.done);
    });
}
