import type { Command } from 'commander';
import { carryOut, openSandboxRuntime, prepareDown } from '@devstead/runtime';
import type { Io } from '../io.ts';
import { printSteps } from '../print-steps.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings } from '../settings.ts';

interface DownOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly volumes?: boolean;
  readonly commands: boolean;
}

/** `devstead down`: no process, mount, network or port is left; named volumes are, unless asked. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .option('--name <name>', 'the workspace; default: the one of this folder')
    .option('--all', 'every workspace')
    .option('--volumes', 'also remove named volumes: their data is lost')
    .option('--no-commands', 'do not run the commands of preStop')
    .addHelpText('after', '\nExamples:\n  devstead down\n  devstead down --volumes\n  devstead down --all\n')
    .action(async (options: DownOptions) => {
      const settings = readSettings(io);
      for (const workspace of selectWorkspaces(io, settings, options)) {
        await withWorkspaceLock(io, workspace, 'down', async () => {
          const runtime = openSandboxRuntime(workspace, settings);
          const removesVolumes = options.volumes === true;
          const plan = prepareDown(workspace, runtime, { runsCommands: options.commands, removesVolumes });
          await carryOut(workspace, runtime, plan, { clock: io.clock, signal: new AbortController().signal, onEvent: printSteps(io) });
          const kept = removesVolumes ? [] : runtime.observe().volumes;
          const note = kept.length === 0 ? '' : `; kept volumes: ${kept.join(', ')} (--volumes removes them)`;
          io.stdout.write(`${workspace.name} is removed${note}\n`);
        });
      }
      done(0);
    });
}
