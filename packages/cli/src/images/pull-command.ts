import { exitCode } from '@devstead/kit';
import { machinePullOptions, openIdMap, parsePlatform, pullImage, requireReference } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { showProgress } from './pull-progress.ts';
import { describePulled, type PulledResult, renderPulled } from './pulled-result.ts';

interface PullCommandOptions {
  readonly platform?: string;
  readonly force?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead image pull`: images of registries into the local store. */
export function definePull(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Pull images from registries; from then on they are used instead of recipes that stand in for them.')
    .argument('<references...>', 'images, such as registry.example.com/team/app:1.2 or postgres@sha256:…')
    .option(
      '--platform <platform>',
      'of an image for several: linux/amd64, linux/arm64, linux/arm/v7; default: this machine’s',
    )
    .option('--force', 'also what is up to date')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nLogins are read from the files of `docker login`, `podman login` and `skopeo login`; mirrors from `images.mirrors`\n' +
        'and registries.conf. A pull that was cut off goes on from what has arrived.\n' +
        '\nExamples:\n  devstead image pull registry.example.com/team/app:1.2\n' +
        '  devstead image pull --platform linux/arm64 nginx:1.25\n  devstead image pull 127.0.0.1:5000/team/app\n',
    )
    .action(async (references: readonly string[], options: PullCommandOptions) => {
      const settings = readSettings(io);
      const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
      for (const reference of references) requireReference(reference);
      const machine = machinePullOptions(settings, openIdMap(settings));
      const images: PulledResult[] = [];
      for (const reference of references) {
        const pulled = await showProgress(io, `image ${reference}`, (onProgress) =>
          pullImage(reference, {
            ...machine,
            platform,
            isForced: options.force === true,
            onProgress,
            signal: io.signal,
          }),
        );
        images.push(describePulled(pulled));
      }
      writeResult(io, options.output, { schemaVersion: 'image-pull/v1', images }, () => renderPulled(images, 'pulled'));
      done(exitCode.done);
    });
}
