import type { Command } from 'commander';
import { carryOut, openSandboxRuntime, prepareStop } from '@devstead/runtime';
import type { Io } from '../io.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { printSteps } from '../print-steps.ts';
import { readSettings } from '../settings.ts';

interface StopOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly commands: boolean;
}

/** `devstead stop`: nothing runs any more, nothing is lost. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .option('--name <name>', 'the workspace; default: the one of this folder')
    .option('--all', 'every workspace')
    .option('--no-commands', 'do not run the commands of preStop')
    .addHelpText('after', '\nThe next `devstead up` goes on where it was.\n\nExamples:\n  devstead stop\n  devstead stop --all\n')
    .action(async (options: StopOptions) => {
      const settings = readSettings(io);
      for (const workspace of selectWorkspaces(io, settings, options)) {
        await withWorkspaceLock(io, workspace, 'stop', async () => {
          const runtime = openSandboxRuntime(workspace, settings);
          const plan = prepareStop(workspace, runtime, options.commands);
          await carryOut(workspace, runtime, plan, { clock: io.clock, signal: new AbortController().signal, onEvent: printSteps(io) });
          io.stdout.write(`${workspace.name} is stopped\n`);
        });
      }
      done(0);
    });
}
