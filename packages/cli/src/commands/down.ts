import { carryOut, openSandboxRuntime, prepareDown } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { printSteps } from '../print-steps.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings } from '../settings.ts';

interface DownOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly volumes?: boolean;
  readonly commands: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead down`: no process, mount, network or port is left; named volumes are, unless asked. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(nameOption())
    .addOption(outputOption())
    .option('--all', 'every workspace')
    .option('--volumes', 'also remove named volumes: their data is lost')
    .option('--no-commands', 'do not run the commands of preStop')
    .addHelpText('after', '\nExamples:\n  devstead down\n  devstead down --volumes\n  devstead down --all\n')
    .action(async (options: DownOptions) => {
      await down(io, options);
      done(0);
    });
}

/** Removes workspaces and prints which. */
export async function down(io: Io, options: DownOptions): Promise<void> {
  const settings = readSettings(io);
  const removed: { readonly id: string; readonly keptVolumes: readonly string[] }[] = [];
  for (const workspace of selectWorkspaces(io, settings, options)) {
    await withWorkspaceLock(io, workspace, 'down', async () => {
      const runtime = openSandboxRuntime(workspace, settings);
      const removesVolumes = options.volumes === true;
      const plan = prepareDown(workspace, runtime, { runsCommands: options.commands, removesVolumes });
      await carryOut(workspace, runtime, plan, {
        clock: io.clock,
        signal: new AbortController().signal,
        onEvent: printSteps(io),
      });
      removed.push({ id: workspace.id, keptVolumes: removesVolumes ? [] : runtime.observe().volumes });
    });
  }
  writeResult(io, options.output, { schemaVersion: 'down/v1', removed }, () => removed.map(renderRemoved).join(''));
}

function renderRemoved({ id, keptVolumes }: { readonly id: string; readonly keptVolumes: readonly string[] }): string {
  const note = keptVolumes.length === 0 ? '' : `; kept volumes: ${keptVolumes.join(', ')} (--volumes removes them)`;
  return `${id} is removed${note}\n`;
}
