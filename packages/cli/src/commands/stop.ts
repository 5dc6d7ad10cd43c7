import { carryOut, openRuntime, prepareStop } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { printSteps } from '../print-steps.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings } from '../settings.ts';

interface StopOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly commands: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead stop`: nothing runs any more, nothing is lost. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(nameOption())
    .addOption(outputOption())
    .option('--all', 'every workspace')
    .option('--no-commands', 'do not run the commands of preStop')
    .addHelpText(
      'after',
      '\nThe next `devstead up` goes on where it was.\n\nExamples:\n  devstead stop\n  devstead stop --all\n',
    )
    .action(async (options: StopOptions) => {
      const settings = readSettings(io);
      const stopped: string[] = [];
      for (const workspace of selectWorkspaces(io, settings, options)) {
        await withWorkspaceLock(io, workspace, 'stop', async () => {
          const runtime = openRuntime(workspace, settings);
          const plan = await prepareStop(workspace, runtime, options.commands);
          await carryOut(workspace, runtime, plan, {
            clock: io.clock,
            signal: new AbortController().signal,
            onEvent: printSteps(io),
          });
          stopped.push(workspace.id);
        });
      }
      writeResult(io, options.output, { schemaVersion: 'stop/v1', stopped }, () =>
        stopped.map((id) => `${id} is stopped\n`).join(''),
      );
      done(0);
    });
}
