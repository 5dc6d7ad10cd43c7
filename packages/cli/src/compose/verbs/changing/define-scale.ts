import type { Command } from 'commander';
import { upLoaded } from '../../../commands/up.ts';
import type { Io } from '../../../io.ts';
import { openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { addScale, keepScale, type Scale, scaleServices } from '../../scale-services.ts';

interface ScaleOptions extends ProjectOptions {
  /** False with `--no-deps`. */
  readonly deps: boolean;
}

/** `devstead compose scale`: so many containers of services; others are left as they are. */
export function defineScale(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Have so many containers of services.')
    .argument('<SERVICE=N...>', 'for example backend=3')
    .option('--no-deps', 'do not start what the services need')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose scale worker=3\n  devstead compose scale worker=1 backend=2\n',
    )
    .action(async (words: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<ScaleOptions>();
      const scales = words.reduce<readonly Scale[]>((all, word) => addScale(word, all), []);
      const { loaded, workspace, environment: before } = await openProject(io, options, false);
      const environment = scaleServices(keepScale(loaded.environment, before), scales);
      const changed = { ...loaded, environment };
      const code = await upLoaded(io, changed, {
        name: workspace.name,
        commands: true,
        output: 'text',
        keepsOrphans: true,
        only: scales.map(({ service }) => service),
        withoutNeeds: !options.deps,
      });
      done(code);
    });
}
