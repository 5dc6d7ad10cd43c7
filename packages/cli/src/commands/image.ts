import { exitCode } from '@devstead/kit';
import { listUsedLayers, openIdMap, openStore } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import { defineBuild } from '../images/build-command.ts';
import { defineDiff } from '../images/diff-command.ts';
import { defineExport } from '../images/export-command.ts';
import { toStoredName } from '../images/find-stored-image.ts';
import { defineImport } from '../images/import-command.ts';
import { defineInspect } from '../images/inspect-command.ts';
import { definePrune } from '../images/prune-command.ts';
import { definePull } from '../images/pull-command.ts';
import { type ImageList, readImages } from '../images/read-images.ts';
import { defineRecipe } from '../images/recipe-check.ts';
import { defineRun } from '../images/run-command.ts';
import { selectNames } from '../images/select-names.ts';
import { defineTag } from '../images/tag-command.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';

interface OutputOptions {
  readonly output: 'text' | 'json';
}

interface SelectionOptions extends OutputOptions {
  readonly all?: boolean;
}

/** `devstead image`: the images of the local store, made from recipes or Dockerfiles, pulled or imported. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command.enablePositionalOptions();
  command.addHelpText(
    'after',
    '\nExamples:\n  devstead image list\n  devstead image build -t team/app .\n  devstead image build --all\n' +
      '  devstead image pull registry.example.com/team/app:1.2\n  devstead image prune --dry-run\n',
  );
  defineList(command.command('list'), io, done);
  defineBuild(command.command('build'), io, done);
  defineRemove(command.command('rm'), io, done);
  defineRecipe(command.command('recipe'), io, done);
  definePull(command.command('pull'), io, done);
  defineImport(command.command('import'), io, done);
  defineExport(command.command('export'), io, done);
  definePrune(command.command('prune'), io, done);
  defineRun(command.command('run'), io, done);
  defineInspect(command.command('inspect'), io, done);
  defineDiff(command.command('diff'), io, done);
  defineTag(command.command('tag'), io, done);
}

function defineList(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('List recipes, the images made from them, and those that were pulled or imported.')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead image list\n  devstead image list --output json\n')
    .action(async ({ output }: OutputOptions) => {
      const list = await readImages(readSettings(io));
      writeResult(io, output, list, () => renderImages(list, io));
      done(exitCode.done);
    });
}

function defineRemove(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Remove images that no workspace was made from.')
    .argument('[names...]', 'images, by name or by the reference they were pulled by')
    .option('--all', 'every image')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead image rm scanner\n  devstead image rm --all\n')
    .action(async (names: readonly string[], options: SelectionOptions) => {
      const settings = readSettings(io);
      const store = openStore(settings.stateFolder);
      const known = store.list().map(({ name }) => name);
      const meant = names.map((name) => toStoredName(name, known));
      const chosen = selectNames(meant, options.all === true, known);
      const removed: string[] = [];
      for (const name of chosen) {
        const usedLayers = listUsedLayers(settings.stateFolder);
        await store.remove(name, { idMap: openIdMap(settings), usedLayers, signal: io.signal });
        removed.push(name);
      }
      const result = { schemaVersion: 'image-rm/v1', removed };
      writeResult(io, options.output, result, () => removed.map((name) => `${name} removed\n`).join(''));
      done(exitCode.done);
    });
}

function renderImages({ images }: ImageList, io: Io): string {
  const rows = images.map(({ name, state, provides, reference, sizeBytes, createdAt, digest }): Cell[] => [
    name,
    state === 'ready'
      ? { text: state, colour: 'green' }
      : state === 'outdated'
        ? { text: state, colour: 'yellow' }
        : { text: state, colour: 'grey' },
    sizeBytes === undefined ? '' : formatBytes(sizeBytes),
    createdAt?.slice(0, 10) ?? '',
    digest?.slice(0, 19) ?? '',
    reference === undefined ? (provides ?? '') : harmlessText(reference, false),
  ]);
  const head = ['NAME', 'STATE', 'SIZE', 'BUILT', 'DIGEST', 'PROVIDES OR IS'];
  return renderTable([head, ...rows], { hasColour: io.stdout.hasColour, indent: '' });
}
