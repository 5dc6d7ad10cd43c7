import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Profile } from '@devstead/devfile';
import { devfileNames } from '@devstead/devfile/names';
import { composeFileNames } from '@devstead/environment/compose-names';
import { AppError, exitCode } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { describeUnreadable, summarise } from '../check/check-result.ts';
import { fixFile } from '../check/fix-file.ts';
import type { SarifInput } from '../check/make-sarif.ts';
import { renderFixes, renderResult, renderVerdict } from '../check/render-result.ts';
import { isComposeFile } from '../compose/find-compose-file.ts';
import { type JudgedCompose, judgeCompose } from '../compose/judge-compose.ts';
import { requestAt } from '../compose/project-options.ts';
import { showDiagnostics } from '../compose/show-diagnostics.ts';
import { findDevfile } from '../find-devfile.ts';
import { findMissingDockerfiles } from '../find-missing-dockerfiles.ts';
import type { Io } from '../io.ts';
import { judgeDevfile } from '../judge-devfile.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { renderError } from '../render-error.ts';
import { version } from '../version.ts';

interface CheckOptions extends ReadingOptions {
  readonly profile: Profile;
  readonly output: 'text' | 'json' | 'sarif';
  readonly fix?: boolean;
  readonly dryRun?: boolean;
}

/** `devstead check`: every problem of devfiles and compose projects, with its place; the clear ones mended when asked. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[paths...]', 'devfiles, compose files, or folders that have one; default: this folder')
    .addOption(
      new Option('--profile <profile>', 'strict: judge as the reference library does')
        .choices(['compat', 'strict'])
        .default('compat'),
    )
    .option('--fix', 'change devfiles where it is clear what was meant, and nothing else in them')
    .option('--dry-run', 'with --fix: show the changes and write nothing')
    .addOption(
      new Option('-o, --output <format>', 'how the result is printed')
        .choices(['text', 'json', 'sarif'])
        .default('text'),
    )
    .addHelpText(
      'after',
      '\nExit code 0 when there are no errors, 1 when there are, 2 when a file cannot be read, 3 when one builds on something\n' +
        'that was not looked at. Parents and plugins are read too; what is wrong in them counts. With --fix what is left\n' +
        'counts, with --dry-run what is there.\n' +
        'With --output json, one object a line for each file; with --output sarif, one SARIF 2.1.0 log for all.\n' +
        '\nExamples:\n  devstead check\n  devstead check --profile strict services/*/devfile.yaml\n' +
        '  devstead check --fix --dry-run\n  devstead check --output sarif > devfile.sarif\n' +
        '  devstead check --var TAG=3.12 --offline\n  devstead check compose.yaml\n',
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      if (options.dryRun === true && options.fix !== true) {
        throw new AppError('USAGE', '--dry-run goes with --fix', { hint: 'Without --fix nothing is written anyway.' });
      }
      const checked: Checked[] = [];
      for (const path of paths.length === 0 ? ['.'] : paths) checked.push(await checkOne(io, path, options));
      if (options.output === 'sarif') await writeSarif(io, checked);
      done(weightiest.find((code) => checked.some((each) => each.code === code)) ?? exitCode.done);
    });
}

/** Of several files, the first of these counts. */
const weightiest = [exitCode.usage, exitCode.bad, exitCode.incomplete];

interface Checked {
  /** The file's part in the exit code. */
  readonly code: number;
  readonly sarif: SarifInput;
}

/** Checks one file and prints the result, unless all are printed together. */
async function checkOne(io: Io, path: string, options: CheckOptions): Promise<Checked> {
  try {
    const compose = judgeComposeAt(io, resolve(io.cwd, path));
    return compose === undefined ? await checkDevfile(io, path, options) : printCompose(io, compose, options);
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== exitCode.usage) throw error;
    const problem = describeUnreadable(path, error);
    if (options.output === 'json') io.stdout.write(`${JSON.stringify(summarise(path, [problem]))}\n`);
    else io.stderr.write(renderError(error, io));
    return { code: exitCode.usage, sarif: { file: path, diagnostics: [problem], isComplete: false } };
  }
}

async function checkDevfile(io: Io, path: string, options: CheckOptions): Promise<Checked> {
  const { profile, output, dryRun = false } = options;
  const reading = readReadingOptions(io, options);
  const devfile = findDevfile(resolve(io.cwd, path));
  const fixed = options.fix === true ? await fixFile(io, devfile, profile, dryRun) : undefined;
  const judged = await judgeDevfile(io, devfile, { profile, ...reading });
  const { file, text, environment, isComplete } = judged;
  const missing = environment === undefined ? [] : findMissingDockerfiles(environment, dirname(devfile));
  const diagnostics = [...judged.diagnostics, ...missing];
  const result = summarise(file, diagnostics, fixed?.applied);
  if (output === 'json') io.stdout.write(`${JSON.stringify(result)}\n`);
  if (output === 'text')
    io.stdout.write(renderFixes(fixed, dryRun, io) + renderResult(result, { ...judged, diagnostics }, io));
  const code = result.valid ? (isComplete ? exitCode.done : exitCode.incomplete) : exitCode.bad;
  return { code, sarif: { file, text, diagnostics, isComplete } };
}

/** The compose project that is meant: a compose file, or a folder that has one and no devfile. */
function judgeComposeAt(io: Io, path: string): JudgedCompose | undefined {
  if (isComposeFile(path)) return judgeCompose(io, requestAt(io, { file: path }));
  const hasDevfile = devfileNames.some((name) => existsSync(join(path, name)));
  const hasCompose = composeFileNames.some((name) => existsSync(join(path, name)));
  return hasDevfile || !hasCompose ? undefined : judgeCompose(io, requestAt(io, { folder: path }));
}

function printCompose(io: Io, { file, diagnostics }: JudgedCompose, { output }: CheckOptions): Checked {
  const result = summarise(file, diagnostics);
  if (output === 'json') io.stdout.write(`${JSON.stringify(result)}\n`);
  if (output === 'text') io.stdout.write(showDiagnostics(io, diagnostics, io.stdout) + renderVerdict(result, io));
  // Nothing in it can be mended, so its text is not needed.
  return {
    code: result.valid ? exitCode.done : exitCode.bad,
    sarif: { file, text: '', diagnostics, isComplete: true },
  };
}

async function writeSarif(io: Io, checked: readonly Checked[]): Promise<void> {
  const { makeSarif } = await import('../check/make-sarif.ts');
  const log = makeSarif(
    checked.map(({ sarif }) => sarif),
    version,
  );
  io.stdout.write(`${JSON.stringify(log, null, 2)}\n`);
}
