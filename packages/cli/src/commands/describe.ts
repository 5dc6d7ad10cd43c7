import { exitCode } from '@devstead/kit';
import { findWorkspace, openRuntime, tryReadRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { readStatus } from '../status/read-status.ts';
import { renderStatus } from '../status/render-status.ts';

/** `devstead describe`, odo's: what the workspace is and what of it runs, with the commands of its devfile. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[kind]', 'taken and not needed: `component`')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nodo’s verb. It stands for `devstead status`, and shows the devfile’s commands too.\n' +
        '\nExamples:\n  devstead describe\n  devstead describe --output json\n',
    )
    .action(
      async (_kind: string | undefined, options: { readonly name?: string; readonly output: 'text' | 'json' }) => {
        tellMeaning(io, 'describe', 'devstead status');
        const settings = readSettings(io);
        const workspace = findWorkspace(settings.stateFolder, {
          folder: io.cwd,
          ...(options.name === undefined ? {} : { name: options.name }),
        });
        const status = await readStatus(workspace, openRuntime(workspace, settings));
        const rows = (tryReadRecordedEnvironment(workspace)?.commands ?? []).map(({ id, type, group }) => [
          harmlessText(id, false),
          type,
          group === undefined ? '' : `${group.kind}${group.isDefault ? ' (default)' : ''}`,
        ]);
        const table = rows.length === 0 ? '' : `commands\n${renderTable(rows, { hasColour: false })}`;
        writeResult(io, options.output, status, () => renderStatus(status, io) + table);
        done(exitCode.done);
      },
    );
}
