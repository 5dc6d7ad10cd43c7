import { resolve } from 'node:path';
import { type Fetcher, renderDiagnostic } from '@devstead/devfile';
import { type Diagnostic, exitCode, hasErrors } from '@devstead/kit';
import type { IndexEntry, World } from '@devstead/registry';
import type { Command } from 'commander';
import { createDevfileFetcher } from '../fetch/devfile-fetcher.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readLimitedFile } from '../read-limited-file.ts';
import { readSettings } from '../settings.ts';
import { findStackFolder } from './find-stack-folder.ts';
import { makeRegistryWorld } from './registry-world.ts';

interface ValidateOptions {
  readonly offline?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead registry validate`: every problem of a folder of stacks, by the rules of the official registry. */
export function defineValidate(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[folder]', 'a folder of stacks in the official layout', '.')
    .description('Judge stacks: what a registry takes, and what their users miss.')
    .option('--offline', 'ask for no parents and no icons')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nstacks/NAME/ has a devfile.yaml, or a stack.yaml and a folder for each version. Exit code 0 when there are no errors, 1\n' +
        'when there are. Icons are fetched to see that they are pictures.\n' +
        '\nExamples:\n  devstead registry validate\n  devstead registry validate ./company-stacks --offline --output json\n',
    )
    .action(async (folder: string, options: ValidateOptions) => {
      done(await validate(io, folder, options));
    });
}

async function validate(io: Io, folder: string, { offline = false, output }: ValidateOptions): Promise<number> {
  const { readFolder } = await import('@devstead/registry/read');
  const path = findStackFolder(io, folder);
  const settings = readSettings(io);
  const fetcher: Fetcher = createDevfileFetcher(io, settings, { isOffline: offline });
  const { stacks, plugins, diagnostics } = await readFolder(path, fetcher);
  const icons = offline
    ? []
    : await checkIcons(
        makeRegistryWorld(io, settings),
        stacks.map(({ entry }) => entry),
      );
  const found = [...diagnostics, ...icons];
  const errors = found.filter((diagnostic) => hasErrors([diagnostic])).length;
  const result = {
    schemaVersion: 'registry-validate/v1',
    folder: path,
    valid: errors === 0,
    errors,
    warnings: found.filter(({ severity }) => severity === 'warning').length,
    stacks: stacks.map(({ entry }) => entry.name),
    plugins: plugins.map(({ id }) => id),
    diagnostics: found,
  };
  writeResult(io, output, result, () => renderProblems(io, path, found) + renderVerdict(folder, result));
  return errors === 0 ? exitCode.done : exitCode.bad;
}

/** An icon that is no picture, or not there, is not the fault of who only looks: a warning. */
async function checkIcons(world: World, entries: readonly IndexEntry[]): Promise<readonly Diagnostic[]> {
  const { Catalog, Icons } = await import('@devstead/registry');
  const { registryCodes } = await import('@devstead/registry/codes');
  const icons = new Icons(world);
  const catalog = new Catalog([]);
  const broken: Diagnostic[] = [];
  for (const entry of entries) {
    if (entry.icon === undefined || (await icons.find(entry, catalog)) !== undefined) continue;
    const { cure } = registryCodes['registry.icon'];
    const shown = entry.icon.length > 100 ? `${entry.icon.slice(0, 100)}…` : entry.icon;
    const message = `the icon ${shown} of ${entry.name} is not there, or no picture`;
    broken.push({
      code: 'registry.icon',
      severity: 'warning',
      message,
      file: `${entry.type}s/${entry.name}`,
      hint: cure,
    });
  }
  return broken;
}

function renderProblems(io: Io, folder: string, diagnostics: readonly Diagnostic[]): string {
  const { hasColour, columns } = io.stdout;
  const texts = new Map<string, string | undefined>();
  const readText = (file: string | undefined): string | undefined => {
    if (file === undefined) return undefined;
    if (!texts.has(file)) {
      const answer = readLimitedFile(resolve(folder, file));
      texts.set(file, 'text' in answer ? answer.text : undefined);
    }
    return texts.get(file);
  };
  return diagnostics
    .map(
      (diagnostic) =>
        `${renderDiagnostic(diagnostic, readText(diagnostic.file), { color: hasColour, width: columns })}\n`,
    )
    .join('');
}

function renderVerdict(
  folder: string,
  {
    valid,
    errors,
    warnings,
    stacks,
  }: {
    readonly valid: boolean;
    readonly errors: number;
    readonly warnings: number;
    readonly stacks: readonly string[];
  },
): string {
  const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return `${folder}: ${valid ? 'valid' : 'invalid'}, ${[plural(stacks.length, 'stack'), plural(errors, 'error'), plural(warnings, 'warning')].join(', ')}\n`;
}
