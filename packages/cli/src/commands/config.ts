import { readFileSync } from 'node:fs';
import { type Diagnostic, exitCode, hasErrors } from '@devstead/kit';
import { withoutCredentials } from '@devstead/runtime';
import type { Command } from 'commander';
import type { ConfigValue } from '../config/config-keys.ts';
import type { ConfigSource, Configuration } from '../config/load-configuration.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { renderTable } from '../render-table.ts';
import { readConfiguration } from '../settings.ts';

interface ConfigOptions {
  readonly output: 'text' | 'json';
}

/** `devstead config`: every setting, its value and where that was set. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nSources, later ones win: defaults, config.yaml of the user, .devstead/config.yaml of the repository, DEVSTEAD_* variables, options.\n' +
        '\nExamples:\n  devstead config\n  DEVSTEAD_PORTS_FIRST=30001 devstead config\n',
    )
    .action(async (options: ConfigOptions) => {
      const configuration = readConfiguration(io);
      await printDiagnostics(io, configuration.diagnostics);
      writeResult(io, options.output, describe(configuration), () => renderConfiguration(configuration, io));
      done(hasErrors(configuration.diagnostics) ? exitCode.usage : exitCode.done);
    });
}

async function printDiagnostics(io: Io, diagnostics: readonly Diagnostic[]): Promise<void> {
  if (diagnostics.length === 0) return;
  const { renderDiagnostic } = await import('@devstead/devfile');
  const { hasColour, columns } = io.stderr;
  for (const diagnostic of diagnostics) {
    io.stderr.write(
      `${renderDiagnostic(diagnostic, readSource(diagnostic.file), { color: hasColour, width: columns })}\n`,
    );
  }
}

function readSource(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What `devstead config --output json` prints. */
interface ConfigResult {
  readonly schemaVersion: 'config/v1';
  readonly values: readonly { readonly key: string; readonly value?: ConfigValue; readonly source: ConfigSource }[];
  readonly files: Configuration['files'];
  readonly diagnostics: readonly Diagnostic[];
}

function describe({ entries, diagnostics, files }: Configuration): ConfigResult {
  return {
    schemaVersion: 'config/v1',
    values: entries.map(({ key, value, source }) => ({
      key: key.path,
      ...(value === undefined ? {} : { value: hideCredentials(value) }),
      source,
    })),
    files,
    diagnostics,
  };
}

function renderConfiguration({ entries, files }: Configuration, io: Io): string {
  const rows = entries.map(({ key, value, source }) => [
    key.path,
    value === undefined ? '-' : renderValue(hideCredentials(value)),
    value === undefined ? key.fallbackText : renderSource(source),
  ]);
  const looked = files.map(({ path, isPresent }) => `file  ${path}${isPresent ? '' : '  (not there)'}\n`);
  return renderTable(rows, { hasColour: io.stdout.hasColour, indent: '' }) + looked.join('');
}

function hideCredentials(value: ConfigValue): ConfigValue {
  return typeof value === 'string' ? withoutCredentials(value) : value;
}

function renderValue(value: ConfigValue): string {
  if (typeof value !== 'object') return String(value);
  const rows = Array.isArray(value) ? value : Object.entries(value).map(([image, recipe]) => `${image}=${recipe}`);
  return rows.length === 0 ? '-' : rows.join(',');
}

function renderSource(source: ConfigSource): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'machine':
      return `machine: ${source.detail}`;
    case 'variable':
      return source.variable;
    case 'user':
    case 'repository':
      return `${source.kind}  ${source.file}:${source.line}:${source.column}`;
  }
}
