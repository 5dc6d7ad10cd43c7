import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { devfileNames } from '@devstead/devfile/names';
import { type Proposal, propose, writeProposal } from '@devstead/environment/propose';
import { AppError, exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { harmlessText } from '../harmless-text.ts';
import { listOtherWays } from '../init/list-other-ways.ts';
import { openFolder } from '../init/open-folder.ts';
import { type TakenStack, takeStack } from '../init/take-stack.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { quoteWord } from '../quote-word.ts';
import { registryOption } from '../registry/registry-option.ts';
import { writeNewFiles } from '../write-new-files.ts';

interface InitOptions {
  readonly stack?: string;
  readonly registry: readonly string[];
  readonly starter?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead init --output json`. */
interface InitResult {
  readonly schemaVersion: 'init/v1';
  readonly folder: string;
  readonly devfile: string;
  /** Absent for a stack of a registry. */
  readonly recognised?: {
    readonly language: string;
    readonly framework?: string;
    readonly version?: string;
    readonly image: string;
    readonly others: readonly string[];
    readonly services: readonly { readonly name: string; readonly isCertain: boolean }[];
    readonly reasons: Proposal['reasons'];
  };
  readonly stack?: TakenStack;
  /** Files that were written; none with `--dry-run`. */
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
}

const fileName = 'devfile.yaml';

/** `devstead init`: a devfile for a folder that has none. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[folder]', 'the folder to look at', '.')
    .option('--stack <stack>', 'take a stack of a registry instead: NAME or NAME:VERSION')
    .addOption(registryOption())
    .option('--starter <name>', 'with --stack: begin with this starter project, in a folder that is empty')
    .option('--dry-run', 'print the devfile and write nothing')
    .option('--force', 'replace files that are there')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWhat is recognised: Python (Flask, Django, FastAPI), Node.js, Go, Java (Maven, Gradle, Quarkus, Spring Boot), Rust, PHP and\n' +
        '.NET, by their lists of libraries, lock files and programs; ports, services and ways to run it by Dockerfile, compose\n' +
        'file, devcontainer.json and Procfile. Files are looked at and never run; nothing is asked, nothing overwritten.\n' +
        'What is likely and not certain stands in the devfile as a comment.\n' +
        '\nExamples:\n  devstead init\n  devstead init --dry-run ../shop\n  devstead init --stack python-fastapi\n' +
        '  devstead init --stack go:latest --starter go-starter new-service\n',
    )
    .action(async (path: string, options: InitOptions) => {
      await init(io, path, options);
      done(exitCode.done);
    });
}

async function init(io: Io, path: string, options: InitOptions): Promise<void> {
  const result =
    options.stack === undefined
      ? proposeDevfile(io, path, options)
      : await initFromStack(io, path, options.stack, options);
  const prints = options.dryRun === true && options.output === 'text';
  tellReasons(io, result);
  writeResult(io, options.output, result, () => (prints ? result.devfile : renderWritten(path, result)));
}

function proposeDevfile(io: Io, path: string, { starter, dryRun, force = false }: InitOptions): InitResult {
  if (starter !== undefined) throw new AppError('USAGE', '--starter needs --stack');
  const folder = openExisting(resolve(io.cwd, path));
  const proposal = propose(openFolder(folder));
  if (proposal === undefined) {
    const ways = listOtherWays(folder);
    throw new AppError(
      'NOTHING_RECOGNISED',
      `no language is recognised in ${folder}`,
      ways.length === 0 ? {} : { hint: ways.join(' ') },
    );
  }
  const devfile = writeProposal(proposal);
  const { main, others, services, reasons } = proposal;
  const recognised = {
    language: main.language,
    ...(main.framework === undefined ? {} : { framework: main.framework }),
    ...(main.version === undefined ? {} : { version: main.version }),
    image: main.image,
    others: others.map(({ framework, language }) => framework ?? language),
    services: services.map(({ name, isCertain }) => ({ name, isCertain })),
    reasons,
  };
  const writing = dryRun === true ? { written: [], unchanged: [] } : writeDevfile(folder, devfile, force);
  return { schemaVersion: 'init/v1', folder, devfile, recognised, ...writing };
}

function openExisting(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AppError('UNREADABLE_INPUT', `${path} is no folder`);
  }
  return realpathSync(path);
}

/** A folder with a devfile of another name would then have two. */
function writeDevfile(folder: string, text: string, force: boolean): ReturnType<typeof writeNewFiles> {
  const other = devfileNames.find((name) => name !== fileName && existsSync(join(folder, name)));
  if (other !== undefined && !force) {
    throw new AppError('USAGE', `there is a devfile already: ${other}`, {
      hint: 'Look at the proposal: devstead init --dry-run',
    });
  }
  return writeNewFiles(folder, [{ path: fileName, text }], force);
}

async function initFromStack(io: Io, path: string, words: string, options: InitOptions): Promise<InitResult> {
  const folder = resolve(io.cwd, path);
  const { devfile, stack, ...writing } = await takeStack(io, folder, words, options);
  return { schemaVersion: 'init/v1', folder, devfile, stack, ...writing };
}

function tellReasons(io: Io, { recognised }: InitResult): void {
  if (recognised === undefined) return;
  for (const { what, file, line } of recognised.reasons) {
    io.stderr.write(`  ${harmlessText(`${what}: ${file}${line === undefined ? '' : `:${line}`}`, false)}\n`);
  }
}

function renderWritten(path: string, { written, unchanged, recognised }: InitResult): string {
  const place = path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
  const lines = [
    ...written.map((file) => `wrote ${place}${file}`),
    ...unchanged.map((file) => `${place}${file} is as it should be`),
  ];
  const likely = (recognised?.services ?? []).filter(({ isCertain }) => !isCertain).map(({ name }) => name);
  if (likely.length > 0) lines.push(`comments in it: ${likely.join(', ')}`);
  return `${lines.map((line) => harmlessText(line, false)).join('\n')}\nnext: devstead up${path === '.' ? '' : ` ${quoteWord(path)}`}\n`;
}
