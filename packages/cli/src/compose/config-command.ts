import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ComposeProject,
  type ComposeReading,
  listImages,
  listProfiles,
  listResources,
  listServices,
  listVariables,
  readCompose,
  renderConfig,
  renderHashText,
} from '@devstead/environment/compose';
import { exitCode, hasErrors } from '@devstead/kit';
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { machineFiles } from './machine-files.ts';
import { type ProjectOptions, toRequest } from './project-options.ts';
import { refuseOptions } from './refuse-options.ts';
import { showDiagnostics } from './show-diagnostics.ts';

interface ConfigOptions extends ProjectOptions {
  readonly format: 'yaml' | 'json';
  readonly quiet?: boolean;
  readonly interpolate: boolean;
  readonly normalize: boolean;
  readonly pathResolution: boolean;
  readonly consistency: boolean;
  readonly envResolution: boolean;
  readonly services?: boolean;
  readonly volumes?: boolean;
  readonly networks?: boolean;
  readonly models?: boolean;
  readonly profiles?: boolean;
  readonly images?: boolean;
  readonly hash?: string;
  readonly environment?: boolean;
  readonly output?: string;
}

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

function printConfig(io: Io, options: ConfigOptions, services: readonly string[]): number {
  const reading = read(io, options, services);
  io.stderr.write(showDiagnostics(io, reading.diagnostics, io.stderr));
  const { project } = reading;
  if (project === undefined || hasErrors(reading.diagnostics)) return exitCode.bad;
  const text = render(project, options);
  if (text === undefined) {
    io.stderr.write(`no such service: ${options.hash ?? ''}\n`);
    return exitCode.bad;
  }
  if (options.quiet === true) return exitCode.done;
  if (options.output === undefined) io.stdout.write(text);
  else writeFileSync(resolve(io.cwd, options.output), text);
  return exitCode.done;
}

function read(io: Io, options: ConfigOptions, services: readonly string[]): ComposeReading {
  const listsNames = options.services === true || options.volumes === true || options.networks === true;
  const request = {
    ...toRequest(io, options),
    services,
    isInterpolated: options.interpolate,
    isNormalized: options.normalize,
    resolvesPaths: options.pathResolution,
    checksConsistency: options.consistency,
    resolvesEnvironment: options.envResolution && !listsNames,
  };
  return readCompose(request, machineFiles);
}

/** Undefined when a hash of a service is asked that is not enabled. */
function render(project: ComposeProject, options: ConfigOptions): string | undefined {
  if (options.services === true) return toLines(listServices(project));
  if (options.volumes === true) return toLines(listResources(project, 'volumes'));
  if (options.networks === true) return toLines(listResources(project, 'networks'));
  if (options.models === true) return toLines(listResources(project, 'models'));
  if (options.hash !== undefined) return renderHashes(project, options.hash);
  if (options.profiles === true) return toLines(listProfiles(project));
  if (options.images === true) return toLines(listImages(project));
  if (options.environment === true) return toLines(listVariables(project));
  return renderConfig(project, options.format, options.interpolate);
}

function renderHashes(project: ComposeProject, asked: string): string | undefined {
  const names = asked === '*' ? listServices(project).toSorted() : asked.split(',');
  const lines = names.map((name) => {
    const text = renderHashText(project, name);
    return text === undefined ? undefined : `${name} ${createHash('sha256').update(text).digest('hex')}`;
  });
  return lines.includes(undefined) ? undefined : toLines(lines.filter((line) => line !== undefined));
}

function toLines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}
