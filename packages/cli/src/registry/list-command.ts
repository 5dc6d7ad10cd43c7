import { AppError, exitCode } from '@devstead/kit';
import type { IndexEntry } from '@devstead/registry';
import type { StackLibrary } from '@devstead/registry/client';
import { withoutCredentials } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { renderError } from '../render-error.ts';
import { renderTable } from '../render-table.ts';
import { readAddedSources } from './added-sources.ts';
import { openLibraries } from './open-libraries.ts';
import { registryOption } from './registry-option.ts';
import { registryFolder } from './sources.ts';

interface ListOptions {
  readonly registry: readonly string[];
  readonly type: 'stack' | 'sample' | 'all';
  readonly sources?: boolean;
  readonly output: 'text' | 'json';
}

interface Listed {
  readonly registry: string;
  readonly name: string;
  readonly type: 'stack' | 'sample';
  readonly displayName?: string;
  readonly description?: string;
  readonly language?: string;
  readonly projectType?: string;
  readonly tags: readonly string[];
  readonly versions: readonly string[];
  readonly defaultVersion?: string;
}

/** `devstead registry list`: the stacks that can be chosen from. */
export function defineList(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[words...]', 'only stacks that have all of these words in name, description, language or tags')
    .description('List the stacks of the own registry and of those that are configured.')
    .addOption(registryOption())
    .addOption(new Option('--type <type>', 'what is listed').choices(['stack', 'sample', 'all']).default('stack'))
    .option('--sources', 'list where the stacks of the own registry come from instead')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExit code 3 when a registry could not be asked.\n' +
        '\nExamples:\n  devstead registry list\n  devstead registry list python flask\n' +
        '  devstead registry list --registry https://registry.example.com --output json\n',
    )
    .action(async (words: readonly string[], options: ListOptions) => {
      if (options.sources === true) writeSources(io, options.output);
      done(options.sources === true ? exitCode.done : await list(io, words, options));
    });
}

async function list(io: Io, words: readonly string[], { registry, type, output }: ListOptions): Promise<number> {
  const answers = await Promise.all((await openLibraries(io, registry)).map((library) => ask(library, type)));
  const failures = answers.flatMap(({ failure }) => failure ?? []);
  for (const failure of failures) io.stderr.write(renderError(failure, io));
  const stacks = answers.flatMap(({ name, entries }) => entries.map((entry) => toListed(name, entry)));
  const found = stacks.filter((stack) => words.every((word) => matches(stack, word.toLowerCase())));
  const unread = answers.flatMap(({ name, failure }) => (failure === undefined ? [] : [name]));
  writeResult(io, output, { schemaVersion: 'registry-list/v1', stacks: found, unread }, () =>
    // Of registries that were not asked nothing is known.
    found.length === 0 && unread.length > 0 ? '' : renderList(io, found),
  );
  return failures.length > 0 ? exitCode.incomplete : exitCode.done;
}

/** The sources that were added, in the order in which they count. */
function writeSources(io: Io, output: ListOptions['output']): void {
  const sources = readAddedSources(registryFolder(io)).map((source) => ({
    ...source,
    place: withoutCredentials(source.place),
  }));
  writeResult(io, output, { schemaVersion: 'registry-sources/v1', sources }, () => {
    const rows = sources.map(({ kind, place, revision = '' }) => [place, kind, revision]);
    return renderTable([['SOURCE', 'TYPE', 'REVISION'], ...rows, ['devstead', 'shipped', '']], io.stdout);
  });
}

interface Asked {
  readonly name: string;
  readonly entries: readonly IndexEntry[];
  readonly failure?: AppError;
}

async function ask(library: StackLibrary, type: ListOptions['type']): Promise<Asked> {
  try {
    return { name: library.name, entries: await library.listStacks(type) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { name: library.name, entries: [], failure: error };
  }
}

function toListed(registry: string, entry: IndexEntry): Listed {
  const { name, type, displayName, description, language, projectType, tags = [], versions = [] } = entry;
  const standard = versions.find((version) => version.default === true)?.version;
  return {
    registry,
    name,
    type,
    tags,
    versions: versions.map(({ version }) => version),
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(language === undefined ? {} : { language }),
    ...(projectType === undefined ? {} : { projectType }),
    ...(standard === undefined ? {} : { defaultVersion: standard }),
  };
}

function matches({ name, displayName, description, language, projectType, tags }: Listed, word: string): boolean {
  const fields = [name, displayName, description, language, projectType, ...tags];
  return fields.some((field) => field?.toLowerCase().includes(word) === true);
}

const longestDescription = 60;

function renderList(io: Io, stacks: readonly Listed[]): string {
  if (stacks.length === 0) return 'no stacks\n';
  const rows = stacks.map(({ name, language = '', defaultVersion = '', registry, displayName, description }) => {
    const words = description ?? displayName ?? '';
    const short = words.length > longestDescription ? `${words.slice(0, longestDescription - 1)}…` : words;
    return [name, defaultVersion, language, registry, short].map((text) => harmlessText(text, false));
  });
  return renderTable([['STACK', 'VERSION', 'LANGUAGE', 'REGISTRY', 'DESCRIPTION'], ...rows], io.stdout);
}
