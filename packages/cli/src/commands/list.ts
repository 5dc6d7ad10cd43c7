import { exitCode } from '@devstead/kit';
import { listWorkspaces, openSandboxRuntime, tryReadRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { stateColours } from '../status/render-status.ts';
import { type Address, describeState, listAddresses, type WorkspaceState } from '../workspace-view.ts';

interface ListOptions {
  readonly output: 'text' | 'json';
}

interface WorkspaceList {
  readonly schemaVersion: 'list/v1';
  readonly workspaces: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: WorkspaceState;
    readonly folder: string;
    readonly addresses: readonly Address[];
  }[];
}

/** `devstead list`: every workspace of this user. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead list\n  devstead list --output json\n')
    .action((options: ListOptions) => {
      const list = readList(io);
      writeResult(io, options.output, list, () => renderList(list, io));
      done(exitCode.done);
    });
}

function readList(io: Io): WorkspaceList {
  const settings = readSettings(io);
  const workspaces = listWorkspaces(settings.stateFolder).map((workspace) => {
    const environment = tryReadRecordedEnvironment(workspace);
    const observed = openSandboxRuntime(workspace, settings).observe();
    return {
      id: workspace.id,
      name: workspace.name,
      state: describeState(environment, observed),
      folder: workspace.record.folder,
      addresses: listAddresses(environment, observed.publishedPorts),
    };
  });
  return { schemaVersion: 'list/v1', workspaces };
}

function renderList({ workspaces }: WorkspaceList, io: Io): string {
  if (workspaces.length === 0) return 'no workspaces yet; devstead up makes one\n';
  const rows = workspaces.map(({ id, name, state, folder, addresses }): Cell[] => {
    const isAlone = workspaces.filter((other) => other.name === name).length === 1;
    const urls = addresses.map(({ url }) => url).join(' ');
    return [isAlone ? name : id, { text: state, colour: stateColours[state] }, folder, urls];
  });
  return renderTable(rows, { hasColour: io.stdout.hasColour, indent: '' });
}
