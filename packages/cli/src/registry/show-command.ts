import { AppError, exitCode } from '@devstead/kit';
import type { IndexEntry, IndexVersion } from '@devstead/registry';
import { chooseVersion } from '@devstead/registry/client';
import type { Command } from 'commander';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { findLibrary, openLibraries } from './open-libraries.ts';
import { registryOption } from './registry-option.ts';
import { splitStack } from './split-stack.ts';

interface ShowOptions {
  readonly registry: readonly string[];
  readonly devfile?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead registry show`: what a stack is, and its devfile. */
export function defineShow(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<stack>', 'name of a stack, with a version where another than the default is meant: go:2.5.0, go:latest')
    .description('Show a stack: its versions, starter projects and commands.')
    .addOption(registryOption())
    .option('--devfile', 'print its devfile alone')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead registry show python-fastapi\n  devstead registry show go:latest --devfile\n' +
        '  devstead registry show nodejs --registry https://registry.example.com --output json\n',
    )
    .action(async (stack: string, options: ShowOptions) => {
      done(await show(io, stack, options));
    });
}

async function show(io: Io, words: string, { registry, devfile, output }: ShowOptions): Promise<number> {
  const { name, version } = splitStack(words);
  const library = await findLibrary(await openLibraries(io, registry), name);
  const entry = (await library.listStacks('all')).find((each) => each.name === name);
  if (entry === undefined) throw new AppError('STACK_NOT_FOUND', `there is no stack ${name}`);
  const chosen = chooseVersion(entry, version);
  if (version !== undefined && chosen === undefined) {
    const versions = entry.versions?.map((each) => each.version).join(', ') ?? 'none';
    throw new AppError('STACK_NOT_FOUND', `there is no version ${version} of ${name}; there is ${versions}`);
  }
  if (devfile === true && output === 'text') {
    const { text } = await library.readDevfile(name, version);
    const shown = text.split('\n').map((line) => harmlessText(line, false));
    io.stdout.write(`${shown.join('\n').trimEnd()}\n`);
    return exitCode.done;
  }
  const result = {
    schemaVersion: 'registry-show/v1',
    registry: library.name,
    stack: entry,
    ...(chosen === undefined ? {} : { version: chosen.version }),
    ...(devfile === true ? { devfile: (await library.readDevfile(name, version)).text } : {}),
  };
  writeResult(io, output, result, () => renderStack(library.name, entry, chosen));
  return exitCode.done;
}

function renderStack(registry: string, entry: IndexEntry, chosen: IndexVersion | undefined): string {
  const versions = entry.versions?.map((each) => {
    const notes = [`schema ${each.schemaVersion}`, ...(each.default === true ? ['default'] : [])];
    return `${each.version} (${notes.join(', ')})`;
  });
  const groups = Object.entries(chosen?.commandGroups ?? {}).flatMap(([kind, isThere]) => (isThere ? [kind] : []));
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['registry', registry],
    ['description', chosen?.description ?? entry.description],
    ['language', [entry.language, entry.projectType].filter(Boolean).join(', ')],
    ['provider', entry.provider],
    ['support', entry.supportUrl],
    ['architectures', entry.architectures?.join(', ') ?? 'all'],
    ['tags', (chosen?.tags ?? entry.tags)?.join(', ')],
    ['versions', versions?.join(', ')],
    ['commands', groups.join(', ')],
    ['starters', chosen?.starterProjects?.join(', ')],
    ['from', Object.values(entry.git?.remotes ?? {})[0]],
    ['changed', chosen?.lastModified ?? entry.lastModified],
  ];
  const title = entry.displayName === undefined ? entry.name : `${entry.name}: ${entry.displayName}`;
  const lines = rows.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`  ${label.padEnd(14)}${harmlessText(value, false)}\n`],
  );
  return `${harmlessText(title, false)}\n${lines.join('')}`;
}
