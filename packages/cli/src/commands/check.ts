import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Profile, renderDiagnostic } from '@devstead/devfile';
import { devfileNames } from '@devstead/devfile/names';
import { composeFileNames } from '@devstead/environment/compose-names';
import { AppError, type Diagnostic, exitCode, type Severity } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { paint } from '../colour.ts';
import { isComposeFile } from '../compose/find-compose-file.ts';
import { type JudgedCompose, judgeCompose } from '../compose/judge-compose.ts';
import { showDiagnostics } from '../compose/show-diagnostics.ts';
import { findDevfile } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { type JudgedDevfile, judgeDevfile } from '../judge-devfile.ts';
import { findText } from '../load-environment.ts';
import { outputOption } from '../output-option.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { renderError } from '../render-error.ts';

interface CheckOptions extends ReadingOptions {
  readonly profile: Profile;
  readonly output: 'text' | 'json';
}

/** One line of `devstead check --output json`. */
interface CheckResult {
  readonly schemaVersion: 'check/v1';
  readonly file: string;
  readonly valid: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** `devstead check`: every problem of devfiles and compose projects, with its place. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[paths...]', 'devfiles, compose files, or folders that have one; default: this folder')
    .addOption(
      new Option('--profile <profile>', 'strict: judge as the reference library does')
        .choices(['compat', 'strict'])
        .default('compat'),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExit code 0 when there are no errors, 1 when there are, 2 when a file cannot be read, 3 when one builds on something\n' +
        'that was not looked at. Parents and plugins are read too; what is wrong in them counts.\n' +
        'With --output json, one object a line for each file.\n' +
        '\nExamples:\n  devstead check\n  devstead check --profile strict services/*/devfile.yaml\n' +
        '  devstead check --var TAG=3.12 --offline\n  devstead check compose.yaml\n',
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      const codes: number[] = [];
      for (const path of paths.length === 0 ? ['.'] : paths) codes.push(await checkOne(io, path, options));
      done(weightiest.find((code) => codes.includes(code)) ?? exitCode.done);
    });
}

/** Of several files, the first of these counts. */
const weightiest = [exitCode.usage, exitCode.bad, exitCode.incomplete];

/** Checks one file and prints the result. Returns its part in the exit code. */
async function checkOne(io: Io, path: string, options: CheckOptions): Promise<number> {
  const { profile, output } = options;
  const isJson = output === 'json';
  const reading = readReadingOptions(io, options);
  try {
    const compose = judgeComposeAt(io, resolve(io.cwd, path));
    if (compose !== undefined) return printCompose(io, compose, isJson);
    const judged = await judgeDevfile(io, findDevfile(resolve(io.cwd, path)), { profile, ...reading });
    const result = summarise(judged.file, judged.diagnostics);
    io.stdout.write(isJson ? `${JSON.stringify(result)}\n` : renderResult(result, judged, io));
    if (!result.valid) return exitCode.bad;
    return judged.isComplete ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== exitCode.usage) throw error;
    if (isJson) {
      const { code, message, hint } = error;
      io.stdout.write(`${JSON.stringify(summarise(path, [{ code, severity: 'error', message, file: path, hint }]))}\n`);
    } else io.stderr.write(renderError(error, io));
    return exitCode.usage;
  }
}

/** The compose project that is meant: a compose file, or a folder that has one and no devfile. */
function judgeComposeAt(io: Io, path: string): JudgedCompose | undefined {
  if (isComposeFile(path)) return judgeCompose(io, { file: path });
  const hasDevfile = devfileNames.some((name) => existsSync(join(path, name)));
  const hasCompose = composeFileNames.some((name) => existsSync(join(path, name)));
  return hasDevfile || !hasCompose ? undefined : judgeCompose(io, { folder: path });
}

function printCompose(io: Io, { file, diagnostics }: JudgedCompose, isJson: boolean): number {
  const result = summarise(file, diagnostics);
  const text = isJson
    ? `${JSON.stringify(result)}\n`
    : showDiagnostics(io, diagnostics, io.stdout) + renderVerdict(result, io);
  io.stdout.write(text);
  return result.valid ? exitCode.done : exitCode.bad;
}

function summarise(file: string, diagnostics: readonly Diagnostic[]): CheckResult {
  const count = (severity: Severity): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const errors = count('error');
  return { schemaVersion: 'check/v1', file, valid: errors === 0, errors, warnings: count('warning'), diagnostics };
}

function renderResult(result: CheckResult, judged: JudgedDevfile, io: Io): string {
  const { hasColour, columns } = io.stdout;
  const lines = result.diagnostics.map(
    (diagnostic) =>
      `${renderDiagnostic(diagnostic, findText(judged, diagnostic.file), { color: hasColour, width: columns })}\n`,
  );
  return lines.join('') + renderVerdict(result, io);
}

function renderVerdict({ file, valid, errors, warnings }: CheckResult, io: Io): string {
  const { hasColour } = io.stdout;
  const counts = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  const verdict = valid ? paint('green', 'valid', hasColour) : paint('red', 'invalid', hasColour);
  return `${file}: ${verdict}${counts === '' ? '' : `, ${counts}`}\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
