import { resolve } from 'node:path';
import { renderDiagnostic } from '@devstead/devfile/render';
import { type ExportedFile, findTarget, type Target, targets } from '@devstead/environment/export';
import { AppError, type Diagnostic, exitCode, findNearNames } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { showDiagnostics } from '../compose/show-diagnostics.ts';
import { loadSource } from '../convert/load-source.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { type WrittenFiles, writeNewFiles } from '../write-new-files.ts';

interface ConvertOptions extends ReadingOptions {
  readonly to: string;
  readonly write?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead convert --output json`. */
interface ConvertResult {
  readonly schemaVersion: 'convert/v1';
  readonly from: { readonly format: string; readonly version: string; readonly file: string };
  readonly to: string;
  readonly files: readonly ExportedFile[];
  /** What could not be kept as it was, and what reading said. */
  readonly diagnostics: readonly Diagnostic[];
  /** With `--write`. */
  readonly writing?: WrittenFiles & { readonly folder: string };
}

/** `devstead convert`: an environment in the format that another tool reads. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[file]', 'a devfile, compose file or devcontainer.json, or a folder that has one', '.')
    .addOption(targetOption())
    .option('--write <folder>', 'write the files into this folder instead of printing them')
    .option('--force', 'with --write: replace files that are there')
    .option('-q, --quiet', 'do not list what could not be kept')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `\nFormats:\n${listTargets()}\nWhat the format cannot hold is listed on stderr with its place: nothing is left out unsaid. Several files are printed\n` +
        'one after the other, each under its name.\n' +
        '\nExamples:\n  devstead convert --to devfile compose.yaml\n  devstead convert --to devfile2 devfile-1.0.0.yaml --write converted\n  devstead convert --to devcontainer --write .\n  devstead convert --to devworkspace | kubectl apply -f -\n' +
        '  devstead convert --to devfile -o json | jq .diagnostics\n',
    )
    .action(async (path: string, options: ConvertOptions) => {
      await convert(io, path, options);
      done(exitCode.done);
    });
}

/** Aliases are taken too, but not offered. */
function targetOption(): Option {
  const option = new Option('--to <format>', 'what to write').makeOptionMandatory();
  option.argChoices = targets.map(({ name }) => name);
  return option;
}

function listTargets(): string {
  return targets
    .map(({ name, aliases, summary }) => {
      const others = aliases.length === 0 ? '' : ` (also: ${aliases.join(', ')})`;
      return `  ${name.padEnd(22)} ${summary}${others}\n`;
    })
    .join('');
}

async function convert(io: Io, path: string, options: ConvertOptions): Promise<void> {
  const target = findTarget(options.to) ?? rejectTarget(options.to);
  const { source, diagnostics, ofDevfile } = await loadSource(io, path, readReadingOptions(io, options));
  const made = target.export(source);
  const read = target.name === 'devfile' ? (ofDevfile ?? diagnostics) : diagnostics;
  const all = [...read, ...made.diagnostics];
  if (options.quiet !== true) tellLosses(io, target, all);
  const folder = options.write === undefined ? undefined : resolve(io.cwd, options.write);
  const writing = folder === undefined ? undefined : writeNewFiles(folder, made.files, options.force === true);
  const { format, version, file } = source.environment.source;
  const result: ConvertResult = {
    schemaVersion: 'convert/v1',
    from: { format, version, file },
    to: target.name,
    files: made.files,
    diagnostics: all,
    ...(writing === undefined || folder === undefined ? {} : { writing: { folder, ...writing } }),
  };
  writeResult(io, options.output, result, () =>
    writing === undefined ? renderFiles(made.files) : renderWriting(options.write ?? '', writing),
  );
}

function rejectTarget(name: string): never {
  const names = targets.flatMap((target) => [target.name, ...target.aliases]);
  const near = findNearNames(name, names);
  throw new AppError('USAGE', `there is no format "${name}"`, {
    hint:
      near.length === 0
        ? `Formats: ${targets.map((one) => one.name).join(', ')}.`
        : `Did you mean ${near.join(' or ')}?`,
  });
}

function tellLosses(io: Io, { name }: Target, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  // What nobody is likely to miss is a line each.
  const notes = diagnostics.filter(({ severity }) => severity === 'info');
  const weighty = diagnostics.filter(({ severity }) => severity !== 'info');
  io.stderr.write(showDiagnostics(io, weighty, io.stderr));
  for (const { hint: _hint, ...note } of notes) {
    io.stderr.write(`${renderDiagnostic(note, undefined, { color: io.stderr.hasColour, width: io.stderr.columns })}\n`);
  }
  const warnings = weighty.length;
  io.stderr.write(
    `${diagnostics.length} ${diagnostics.length === 1 ? 'value is' : 'values are'} not kept as they were in ${name}, ${warnings} of them worth a look\n`,
  );
}

/** One file as it is, so that it can be passed on; several each under its name. */
function renderFiles(files: readonly ExportedFile[]): string {
  const [first] = files;
  if (files.length === 1 && first !== undefined) return first.text;
  return files.map(({ path, text }) => `==> ${path} <==\n${text}`).join('\n');
}

function renderWriting(folder: string, { written, unchanged }: WrittenFiles): string {
  const lines = [
    ...written.map((path) => `wrote ${folder}/${path}`),
    ...unchanged.map((path) => `${folder}/${path} is as it should be`),
  ];
  return lines.map((line) => `${line.replace(/^\.\//, '')}\n`).join('');
}
