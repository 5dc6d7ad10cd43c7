import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import type { StackFile } from '@devstead/registry';
import { extractArchive } from '@devstead/runtime/projects';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { quoteWord } from '../quote-word.ts';
import { findLibrary, openLibraries } from './open-libraries.ts';
import { registryOption } from './registry-option.ts';
import { splitStack } from './split-stack.ts';

interface PullOptions {
  readonly registry: readonly string[];
  readonly starter?: string;
  readonly output: 'text' | 'json';
}

/** `devstead registry pull`: the files of a stack, and a starter project, in a folder of their own. */
export function definePull(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<stack>', 'name of a stack, with a version where another than the default is meant: go:2.5.0')
    .argument('[folder]', 'where its files are put: a new folder, or an empty one; default: the name of the stack')
    .description('Take the files of a stack, its devfile among them.')
    .addOption(registryOption())
    .option('--starter <name>', 'unpack this starter project there too')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nEach file is held to the digest that the registry gives. A failure leaves nothing behind.\n' +
        '\nExamples:\n  devstead registry pull python-fastapi my-service\n  devstead registry pull go:latest --starter go-starter\n',
    )
    .action(async (stack: string, folder: string | undefined, options: PullOptions) => {
      done(await pull(io, stack, folder, options));
    });
}

async function pull(io: Io, words: string, folder: string | undefined, options: PullOptions): Promise<number> {
  const { name, version } = splitStack(words);
  const target = resolve(io.cwd, folder ?? name);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new AppError('USAGE', `${target} is not empty`, {
      hint: 'Name a new folder: devstead registry pull STACK FOLDER',
    });
  const library = await findLibrary(await openLibraries(io, options.registry), name);
  const files = await library.readFiles(name, version);
  const isThere = existsSync(target);
  mkdirSync(dirname(target), { recursive: true });
  const stage = mkdtempSync(join(isThere ? target : dirname(target), '.devstead-pull-'));
  try {
    const place = join(stage, 'stack');
    if (options.starter === undefined) mkdirSync(place);
    else {
      const archive = join(stage, 'starter.zip');
      await library.saveStarter(name, options.starter, archive, version);
      await extractArchive(archive, place, { signal: io.signal });
    }
    for (const file of files) writeStackFile(place, file);
    // A folder that is there may be the one that somebody works in, and stays the same one.
    if (isThere) for (const entry of readdirSync(place)) renameSync(join(place, entry), join(target, entry));
    else renameSync(place, target);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  const paths = files.map(({ path }) => path).sort();
  const result = {
    schemaVersion: 'registry-pull/v1',
    registry: library.name,
    stack: name,
    folder: target,
    files: paths,
  };
  writeResult(io, options.output, result, () => `${words}: ${paths.length} files in ${target}\n`);
  if (options.output === 'text') io.stderr.write(`  next: cd ${quoteWord(folder ?? name)} && devstead up\n`);
  return exitCode.done;
}

/** The stack's file counts where the starter has one of the same name. */
function writeStackFile(folder: string, { path, bytes, isExecutable }: StackFile): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, bytes, { mode: isExecutable ? 0o755 : 0o644, flag: 'wx' });
}
