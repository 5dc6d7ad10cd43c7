import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, exitCode, hasErrors } from '@devstead/kit';
import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { findStackFolder } from './find-stack-folder.ts';

interface IndexOptions {
  readonly form: 'v1' | 'v2';
  readonly type: 'stack' | 'sample' | 'all';
  readonly file?: string;
  readonly force?: boolean;
}

/** `devstead registry index`: the index of a folder of stacks, as a registry answers it. */
export function defineIndex(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[folder]', 'a folder of stacks in the official layout', '.')
    .description('Print the index of a folder of stacks as JSON, for web servers that only have files.')
    .addOption(
      new Option('--form <form>', 'v2: with all versions; v1: default versions alone')
        .choices(['v1', 'v2'])
        .default('v2'),
    )
    .addOption(new Option('--type <type>', 'what is in it').choices(['stack', 'sample', 'all']).default('all'))
    .option('--file <path>', 'write it to this file')
    .option('--force', 'leave stacks with errors out instead of refusing')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead registry index ./company-stacks > index.json\n' +
        '  devstead registry index ./company-stacks --form v1 --type stack --file public/index\n',
    )
    .action(async (folder: string, options: IndexOptions) => {
      done(await makeIndex(io, folder, options));
    });
}

async function makeIndex(io: Io, folder: string, { form, type, file, force }: IndexOptions): Promise<number> {
  const { readFolder, renderIndex } = await import('@devstead/registry/read');
  const { Catalog } = await import('@devstead/registry');
  const { stacks, diagnostics } = await readFolder(findStackFolder(io, folder));
  const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
  if (errors.length > 0 && force !== true) {
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
    throw new AppError('STACKS_INVALID', `${folder} has ${count}`, {
      details: errors
        .slice(0, 20)
        .map(
          ({ code, file: at = '', line, message }) => `${[at, line].filter(Boolean).join(':')}  ${code}  ${message}`,
        ),
    });
  }
  const entries = new Catalog(stacks).listEntries(type, undefined, form === 'v1') ?? [];
  const text = `${renderIndex(entries)}\n`;
  if (file === undefined) io.stdout.write(text);
  else writeFileSync(resolve(io.cwd, file), text);
  return exitCode.done;
}
