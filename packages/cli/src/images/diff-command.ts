import { exitCode } from '@devstead/kit';
import { openStore } from '@devstead/runtime/images';
import type { Command } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { compareImages, type ImageDiff } from './compare-images.ts';
import { findStoredImage } from './find-stored-image.ts';

/** `devstead image diff`: what one image has and another has not. */
export function defineDiff(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Compare two images: size, layers, packages of Debian and Python, and how they are run.')
    .argument('<left>', 'its name, or the reference it was pulled or built by')
    .argument('<right>', 'the other one')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead image diff python-slim python-minimal\n  devstead image diff app:1.1 app:1.2 --output json\n',
    )
    .action((left: string, right: string, options: { readonly output: 'text' | 'json' }) => {
      const store = openStore(readSettings(io).stateFolder);
      const diff = compareImages(findStoredImage(store, left), findStoredImage(store, right));
      writeResult(io, options.output, diff, () => render(diff, io.stdout.hasColour));
      done(exitCode.done);
    });
}

function render({ left, right, sizeChange, layers, packages, config }: ImageDiff, hasColour: boolean): string {
  const sign = sizeChange > 0 ? '+' : sizeChange < 0 ? '-' : '';
  const share = left.sizeBytes === 0 ? '' : ` (${sign}${Math.round((Math.abs(sizeChange) / left.sizeBytes) * 100)} %)`;
  const head: Cell[][] = [
    ['', left.reference, right.reference, 'CHANGE'],
    [
      'size',
      formatBytes(left.sizeBytes),
      formatBytes(right.sizeBytes),
      `${sign}${formatBytes(Math.abs(sizeChange))}${share}`,
    ],
    ['layers', String(left.layerCount), String(right.layerCount), `${layers.shared.length} shared`],
    [
      'packages',
      countPackages(left),
      countPackages(right),
      `+${packages.added.length} -${packages.removed.length} ~${packages.changed.length}`,
    ],
  ];
  const lines: Cell[][] = [
    ...packages.added.map((one): Cell[] => [{ text: '+', colour: 'green' }, nameOf(one), shown(one.version)]),
    ...packages.removed.map((one): Cell[] => [{ text: '-', colour: 'red' }, nameOf(one), shown(one.version)]),
    ...packages.changed.map((one): Cell[] => ['~', nameOf(one), `${shown(one.from)} → ${shown(one.to)}`]),
    ...config.map(({ name, from, to }): Cell[] => ['~', name, `${shown(from)} → ${shown(to)}`]),
  ];
  const table = renderTable(head, { hasColour, indent: '' });
  return lines.length === 0 ? table : `${table}\n${renderTable(lines, { hasColour, indent: '' })}`;
}

function nameOf({ name, kind }: { readonly name: string; readonly kind?: 'python' }): string {
  return harmlessText(kind === undefined ? name : `${name} (${kind})`, false);
}

function countPackages({ packageCount, pythonPackageCount }: ImageDiff['left']): string {
  return pythonPackageCount === 0 ? String(packageCount) : `${packageCount} (${pythonPackageCount} of Python)`;
}

function shown(value: string | undefined): string {
  return value === undefined ? 'nothing' : harmlessText(value, false).slice(0, 120);
}
