import { exitCode } from '@devstead/kit';
import { findWorkspace, openRuntime } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { readStatus } from '../status/read-status.ts';
import { renderStatus } from '../status/render-status.ts';

interface StatusOptions {
  readonly name?: string;
  readonly output: 'text' | 'json';
}

/** `devstead status`: what of a workspace runs, where it is reached, what it holds. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExit code 0 when every container runs, 1 when not.\n\nExamples:\n  devstead status\n  devstead status --name shop --output json\n',
    )
    .action(async (options: StatusOptions) => {
      const settings = readSettings(io);
      const workspace = findWorkspace(settings.stateFolder, {
        folder: io.cwd,
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      const status = await readStatus(workspace, openRuntime(workspace, settings));
      writeResult(io, options.output, status, () => renderStatus(status, io));
      done(status.state === 'running' ? exitCode.done : exitCode.bad);
    });
}
