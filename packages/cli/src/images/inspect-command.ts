import { exitCode } from '@devstead/kit';
import { type ImageRecord, openStore } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { findStoredImage } from './find-stored-image.ts';

/** `devstead image inspect`: all that is known of an image. */
export function defineInspect(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Show what an image is: its digest, layers, how it is run, labels, check and packages.')
    .argument('<image>', 'its name, or the reference it was pulled or built by')
    .option('--packages', 'list every package')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead image inspect python\n  devstead image inspect --output json team/app:1.2\n',
    )
    .action((name: string, options: { readonly packages?: boolean; readonly output: 'text' | 'json' }) => {
      const record = findStoredImage(openStore(readSettings(io).stateFolder), name);
      const { format: _format, buildSecrets: _secrets, ...image } = record;
      writeResult(io, options.output, { schemaVersion: 'image-inspect/v1', image }, () =>
        render(record, options.packages === true, io.stdout.hasColour),
      );
      done(exitCode.done);
    });
}

function describeCounts(packages: ImageRecord['packages']): string {
  const python = packages.filter(({ kind }) => kind === 'python').length;
  return `${packages.length - python} of Debian${python === 0 ? '' : `, ${python} of Python`}`;
}

function render(record: ImageRecord, listsPackages: boolean, hasColour: boolean): string {
  const { config, origin, packages, layers } = record;
  const quote = (words: readonly string[]): string => words.map((word) => JSON.stringify(word)).join(' ');
  const rows: (readonly [string, string])[] = [
    ['name', record.name],
    ['reference', origin?.reference ?? ''],
    ['from', origin?.from ?? 'its recipe'],
    ['digest', record.digest],
    ['created', record.createdAt],
    ['platform', origin?.platform ?? ''],
    ['size', `${formatBytes(record.sizeBytes)} in ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`],
    ['user', config.user],
    ['folder', config.workingDir],
    ['entrypoint', quote(config.entrypoint)],
    ['command', quote(config.command)],
    ['ports', [...config.ports, ...(config.exposedPorts ?? [])].join(', ')],
    ['volumes', config.volumes.join(', ')],
    ['stop signal', config.stopSignal],
    ['check', quote(config.ready ?? [])],
    ['packages', describeCounts(packages)],
    ...Object.entries(config.env).map(([name, value]) => ['env', `${name}=${value}`] as const),
    ...Object.entries(config.labels ?? {}).map(([name, value]) => ['label', `${name}=${value}`] as const),
    ...layers.map((digest) => ['layer', digest] as const),
    ...(listsPackages
      ? packages.map(({ name, version, kind }) => [kind ?? 'debian', `${name} ${version}`] as const)
      : []),
  ];
  const cells = rows.filter(([, text]) => text !== '').map(([name, text]): Cell[] => [name, harmlessText(text, false)]);
  return renderTable(cells, { hasColour, indent: '' });
}
