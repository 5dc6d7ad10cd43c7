import { resolve } from 'node:path';
import { type Devfile, type Profile, renderDiagnostic, toReferenceForm } from '@devstead/devfile';
import { AppError, exitCode } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { findDevfile } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { readFlattened } from '../judge-devfile.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { renderError } from '../render-error.ts';

interface FlattenOptions extends ReadingOptions {
  readonly profile: Profile;
  readonly inlineManifests?: boolean;
  readonly imageRegistry?: string;
  readonly imageTag?: string;
  readonly output: 'json' | 'yaml';
}

/** `devstead flatten`: devfiles as tools see them, with what parents and plugins bring, variables and defaults put in. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[paths...]', 'devfiles, or folders that have one; default: this folder')
    .addOption(
      new Option('--profile <profile>', 'strict: judge as the reference library does')
        .choices(['compat', 'strict'])
        .default('compat'),
    )
    .option('--inline-manifests', 'read the manifests that components name by uri into the devfile')
    .option('--image-registry <place>', 'registry and path for the images the devfile builds and names without one')
    .option('--image-tag <tag>', 'with --image-registry: their tag', 'latest')
    .addOption(
      new Option('-o, --output <format>', 'how the devfile is printed').choices(['json', 'yaml']).default('json'),
    )
    .addHelpText(
      'after',
      '\nOne devfile is printed as it is. Of several, each is an object on a line of its own, with `file`, `valid` and\n' +
        '`devfile` (JSON), or a document of its own (YAML). What is wrong is told on stderr. Exit codes are those of\n' +
        '`devstead check`.\n' +
        '\nExamples:\n  devstead flatten\n  devstead flatten --profile strict devfile.yaml | jq .components\n' +
        '  devstead flatten --var TAG=3.12 --inline-manifests -o yaml services/*/devfile.yaml\n' +
        '  devstead flatten --image-registry registry.example.com/team --image-tag 1.4.0\n',
    )
    .action(async (paths: readonly string[], options: FlattenOptions) => {
      const codes: number[] = [];
      const named = paths.length === 0 ? ['.'] : paths;
      for (const path of named) codes.push(await flattenOne(io, path, options, named.length > 1));
      done(weightiest.find((code) => codes.includes(code)) ?? exitCode.done);
    });
}

/** Of several files, the first of these counts. */
const weightiest = [exitCode.usage, exitCode.bad, exitCode.incomplete];

async function flattenOne(io: Io, path: string, options: FlattenOptions, isOneOfMany: boolean): Promise<number> {
  const { profile, inlineManifests = false, imageRegistry, imageTag = 'latest' } = options;
  const reading = readReadingOptions(io, options);
  try {
    const { file, text, devfile, diagnostics, isComplete, files } = await readFlattened(
      io,
      findDevfile(resolve(io.cwd, path)),
      {
        ...reading,
        profile,
        inlinesManifests: inlineManifests,
        ...(imageRegistry === undefined ? {} : { imageNames: { registry: imageRegistry, tag: imageTag } }),
      },
    );
    for (const diagnostic of diagnostics) {
      const source = diagnostic.file === file ? text : files.find((one) => one.file === diagnostic.file)?.text;
      const { hasColour, columns } = io.stderr;
      io.stderr.write(`${renderDiagnostic(diagnostic, source, { color: hasColour, width: columns })}\n`);
    }
    const flat = devfile === undefined ? undefined : toReferenceForm(devfile, profile);
    io.stdout.write(await print(file, flat, options, isOneOfMany));
    if (flat === undefined) return exitCode.bad;
    return isComplete ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== exitCode.usage) throw error;
    io.stderr.write(renderError(error, io));
    io.stdout.write(await print(path, undefined, options, isOneOfMany));
    return exitCode.usage;
  }
}

/** One line of `devstead flatten --output json` with several files. */
interface FlattenResult {
  readonly schemaVersion: 'flatten/v1';
  readonly file: string;
  readonly valid: boolean;
  /** Absent when the devfile is not valid. */
  readonly devfile?: Devfile;
}

async function print(
  file: string,
  devfile: Devfile | undefined,
  { output }: FlattenOptions,
  isOneOfMany: boolean,
): Promise<string> {
  if (output === 'json' && isOneOfMany) {
    const valid = devfile !== undefined;
    const result: FlattenResult = { schemaVersion: 'flatten/v1', file, valid, ...(valid ? { devfile } : {}) };
    return `${JSON.stringify(result)}\n`;
  }
  if (devfile === undefined) return '';
  if (output === 'json') return `${JSON.stringify(devfile, null, 2)}\n`;
  const { stringify } = await import('yaml');
  // Quotes wherever YAML 1.1, in which devfiles are read, would take a text for something else.
  const text = stringify(devfile, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
  return isOneOfMany ? `---\n# ${JSON.stringify(file)}\n${text}` : text;
}
