import { AppError, exitCode } from '@devstead/kit';
import { findWorkspace, openRuntime } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readPorts } from '../ports/read-ports.ts';
import { renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';

interface UrlOptions {
  readonly name?: string;
  readonly output: 'text' | 'json';
}

/** `devstead url list`, odo's: where the endpoints are reached. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command.addHelpText(
    'after',
    '\nodo’s verb. Endpoints are declared in the devfile.\n\nExample:\n  devstead url list\n',
  );
  command
    .command('list')
    .description('Where endpoints are reached.')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead ports`.\n\nExamples:\n  devstead url list\n  devstead url list --output json\n',
    )
    .action(async (options: UrlOptions) => {
      await listUrls(io, options);
      done(exitCode.done);
    });
  for (const verb of ['create', 'delete'] as const) {
    command
      .command(`${verb} [words...]`, { hidden: true })
      .description('Endpoints are declared in the devfile.')
      .allowUnknownOption()
      .action(() => {
        throw new AppError('USAGE', `endpoints are declared in the devfile, so there is nothing to ${verb} here`, {
          hint: 'Change `endpoints` of the container in the devfile, then run `devstead up`.',
        });
      });
  }
}

async function listUrls(io: Io, options: UrlOptions): Promise<void> {
  tellMeaning(io, 'url list', 'devstead ports');
  const settings = readSettings(io);
  const workspace = findWorkspace(settings.stateFolder, {
    folder: io.cwd,
    ...(options.name === undefined ? {} : { name: options.name }),
  });
  const list = await readPorts(workspace, openRuntime(workspace, settings));
  writeResult(io, options.output, list, () => {
    if (list.endpoints.length === 0) return 'the devfile declares no endpoints\n';
    const rows = list.endpoints.map(({ name, address, port, protocol, exposure }) => [
      name,
      address ?? `not published (${exposure})`,
      String(port),
      String(protocol === 'https' || protocol === 'wss'),
      'endpoint',
    ]);
    return renderTable([['NAME', 'URL', 'PORT', 'SECURE', 'KIND'], ...rows], {
      hasColour: io.stdout.hasColour,
      indent: '',
    });
  });
}
