import { existsSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError, exitCode, hasErrors } from '@devstead/kit';
import type { World } from '@devstead/registry';
import type { SourceContent } from '@devstead/registry/read';
import { checkGitAddress, withoutCredentials } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { readFetchAddress } from '../fetch/fetch-address.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { type AddedSource, readAddedSources, writeAddedSources } from './added-sources.ts';
import { showProgress } from './mirror-progress.ts';
import { makeRegistryWorld } from './registry-world.ts';
import { makeSource, registryFolder, sourceFolder } from './sources.ts';

interface AddOptions {
  readonly type?: AddedSource['kind'];
  readonly revision?: string;
  readonly output: 'text' | 'json';
}

/** `devstead registry add`: a source of stacks for the own registry. */
export function defineAdd(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<source>', 'a folder of stacks, the address of a Git repository, or of another registry')
    .description('Add stacks to the own registry: of a folder, a Git repository, or a mirror of another registry.')
    .addOption(
      new Option(
        '--type <type>',
        'what the source is; default: a folder that is there, Git where it ends in .git',
      ).choices(['folder', 'git', 'registry']),
    )
    .option('--revision <name>', 'branch, tag or commit of the repository')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nIt is read at once, and again while the registry is served. Stacks of sources that were added come before those that\n' +
        'Devstead brings.\n' +
        '\nExamples:\n  devstead registry add ./company-stacks\n  devstead registry add https://git.example.com/stacks.git --revision main\n' +
        '  devstead registry add https://registry.example.com\n',
    )
    .action(async (source: string, options: AddOptions) => {
      done(await add(io, source, options));
    });
}

/** `devstead registry remove`: leaves a source out again, with what was fetched of it. */
export function defineRemove(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<source>', 'as `devstead registry list --sources` shows it')
    .description('Remove a source of stacks from the own registry, and what was fetched of it.')
    .addHelpText('after', '\nExamples:\n  devstead registry remove https://git.example.com/stacks.git\n')
    .action((source: string) => {
      const folder = registryFolder(io);
      const sources = readAddedSources(folder);
      const removed = sources.filter(
        ({ place }) => [place, withoutCredentials(place)].includes(source) || place === resolve(io.cwd, source),
      );
      if (removed.length === 0) {
        const known = sources.map(({ place }) => withoutCredentials(place)).join(', ');
        throw new AppError('USAGE', `${source} was not added`, known === '' ? {} : { hint: `There is: ${known}` });
      }
      writeAddedSources(
        folder,
        sources.filter((each) => !removed.includes(each)),
      );
      for (const each of removed) rmSync(sourceFolder(io, each), { recursive: true, force: true });
      io.stderr.write(`removed ${withoutCredentials(source)}\n`);
      done(exitCode.done);
    });
}

async function add(io: Io, text: string, { type, revision, output }: AddOptions): Promise<number> {
  const source = readSourceWords(io, text, type, revision);
  const folder = registryFolder(io);
  const world = makeRegistryWorld(
    io,
    readSettings(io),
    source.kind === 'registry' ? { registries: [source.place] } : {},
  );
  const shown = { ...source, place: withoutCredentials(source.place) };
  if (source.kind !== 'folder') io.stderr.write(`  reading ${shown.place}\n`);
  const { stacks, diagnostics } = await readNow(io, world, source);
  const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic])).length;
  const others = readAddedSources(folder).filter(({ place }) => place !== source.place);
  writeAddedSources(folder, [...others, source]);
  const names = stacks.map(({ entry }) => entry.name);
  writeResult(io, output, { schemaVersion: 'registry-add/v1', source: shown, stacks: names, errors }, () => {
    const place = source.kind === 'folder' ? source.place : join(sourceFolder(io, source), 'current');
    const count = errors === 1 ? 'an error' : `${errors} errors`;
    const left = errors === 0 ? '' : `, ${count}: devstead registry validate ${place}`;
    return `added ${shown.place}: ${names.length === 1 ? '1 stack' : `${names.length} stacks`}${left}\n`;
  });
  return exitCode.done;
}

/** Reads a source for the first time, or anew. Of one that gives nothing, nothing is kept. Throws STACKS_INVALID. */
async function readNow(io: Io, world: World, source: AddedSource): Promise<SourceContent> {
  const isKnown = readAddedSources(registryFolder(io)).some(({ place }) => place === source.place);
  const opened = await makeSource(io, world, source, { gitMs: 0, registryMs: 0 }, (progress) =>
    showProgress(io, progress),
  );
  try {
    const content = await opened.read(io.signal);
    if (content.stacks.length > 0) return content;
    throw new AppError('STACKS_INVALID', `there are no stacks in ${opened.name} that can be served`, {
      hint: 'A folder of stacks has stacks/NAME/devfile.yaml; devstead registry validate FOLDER lists what is wrong.',
    });
  } catch (error) {
    if (!isKnown) rmSync(sourceFolder(io, source), { recursive: true, force: true });
    throw error;
  }
}

/** What kind of source is meant. Throws USAGE, URL_REFUSED. */
function readSourceWords(io: Io, text: string, type: AddedSource['kind'] | undefined, revision?: string): AddedSource {
  const path = resolve(io.cwd, text);
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[\w.-]+@[\w.-]+:/.test(text);
  const kind =
    type ?? (isAddress ? (/\.git\/?$/.test(text) || !/^https?:/i.test(text) ? 'git' : 'registry') : 'folder');
  if (revision !== undefined && kind !== 'git') throw new AppError('USAGE', '--revision goes with a Git repository');
  if (kind === 'git') {
    checkGitAddress(text);
    return { kind, place: text, ...(revision === undefined ? {} : { revision }) };
  }
  if (kind === 'registry') {
    const host = URL.parse(text)?.host;
    const { href } = readFetchAddress(text, {
      allowsPrivate: false,
      ...(host === undefined ? {} : { trustedHosts: [host] }),
    });
    return { kind, place: href.replace(/\/+$/, '') };
  }
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new AppError('USAGE', `there is no folder ${text}`, { hint: 'Name a folder, a Git address or a registry.' });
  return { kind, place: path };
}
