import { type Command, Option } from 'commander';
import type { Io } from '../../io.ts';
import { refuseOptions } from '../refuse-options.ts';
import { type ConfigOptions, printConfig } from './print-config.ts';

/** `devstead compose config`: the whole project in its long form, or one list of it. */
export function defineConfig(command: Command, io: Io, done: (exitCode: number) => void): void {
  refuseOptions(command, {
    '--variables': 'Variables and their defaults stand in the files; `--environment` prints what files are read with',
    '--resolve-image-digests': 'Images are not looked up for this; `devstead compose images` shows the digests in use',
    '--lock-image-digests': 'Images are not looked up for this; `devstead compose images` shows the digests in use',
  })
    .description('Print the project in its long form, as docker compose does: files merged, variables put in.')
    .argument('[services...]', 'only these services and what they need')
    .addOption(new Option('--format <format>', 'format of the output').choices(['yaml', 'json']).default('yaml'))
    .option('-q, --quiet', 'only check, print nothing')
    .option('--no-interpolate', 'leave variables as they are written')
    .option('--no-normalize', 'do not fill in networks, names and dependencies')
    .option('--no-path-resolution', 'leave paths as they are written')
    .option('--no-consistency', 'do not check what only the whole project can judge')
    .option('--no-env-resolution', 'do not read files of variables of services')
    .option('--services', 'print the names of services, one a line')
    .option('--volumes', 'print the names of volumes, one a line')
    .option('--networks', 'print the names of networks, one a line')
    .option('--models', 'print the names of models, one a line')
    .option('--profiles', 'print the names of profiles, one a line')
    .option('--images', 'print the images of services, one a line')
    .option('--hash <services>', 'print the hash of services, by name with commas, or of all with `*`')
    .option('--environment', 'print the variables that files are read with')
    .option('-o, --output <file>', 'write to a file')
    .addHelpText(
      'after',
      '\nExit code 0 when the project can be read, 1 when it cannot; what is wrong goes to stderr with its line.\n' +
        '\nExamples:\n  devstead compose config\n  devstead compose -f compose.yaml -f compose.prod.yaml config --format json\n' +
        '  devstead compose --profile debug config --services\n  devstead compose config --quiet && echo ok\n',
    )
    .action((services: readonly string[], _options: unknown, called: Command) => {
      done(printConfig(io, called.optsWithGlobals<ConfigOptions>(), services));
    });
}
