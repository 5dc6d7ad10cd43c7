import { exitCode } from '@devstead/kit';
import { describePlace, listWorkspaces, openRuntime, tryReadRecordedEnvironment } from '@devstead/runtime';
import type { Command } from 'commander';
import { formatTimeLeft } from '../format-time-left.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { lookAt } from '../look-at.ts';
import { outputOption } from '../output-option.ts';
import { type Cell, renderTable } from '../render-table.ts';
import { readSettings } from '../settings.ts';
import { stateColours } from '../status/render-status.ts';
import { isExpired } from '../up/change-record.ts';
import { describeBranch } from '../up/up-result.ts';
import { type Address, describeState, listAddresses, type WorkspaceState, withoutWaiting } from '../workspace-view.ts';

interface ListOptions {
  readonly output: 'text' | 'json';
}

interface WorkspaceList {
  readonly schemaVersion: 'list/v1';
  readonly workspaces: readonly {
    readonly id: string;
    readonly name: string;
    /** `unknown`: the container engine it is on does not answer. */
    readonly state: WorkspaceState | 'unknown';
    readonly folder: string;
    /** Address of the engine that it is on. */
    readonly engine?: string;
    readonly addresses: readonly Address[];
    /** Of a workspace that was made for a branch. */
    readonly branch?: string;
    /** ISO 8601. */
    readonly expiresAt?: string;
    readonly isExpired?: boolean;
  }[];
}

/** `devstead list`: every workspace of this user, with the branches some were made for. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead list\n  devstead list --output json\n')
    .action(async (options: ListOptions) => {
      const list = await readList(io);
      writeResult(io, options.output, list, () => renderList(list, io));
      const expired = list.workspaces.filter((workspace) => workspace.isExpired === true);
      if (expired.length > 0)
        io.stderr.write(`  ${expired.length} expired; \`devstead down --expired\` removes them\n`);
      done(exitCode.done);
    });
}

async function readList(io: Io): Promise<WorkspaceList> {
  const settings = readSettings(io);
  const rows = listWorkspaces(settings.stateFolder).map(async (workspace) => {
    const environment = tryReadRecordedEnvironment(workspace);
    const observed = await lookAt(openRuntime(workspace, settings));
    const { engine, branch } = workspace.record;
    const expiresAt = branch?.expiresAt;
    return {
      id: workspace.id,
      name: workspace.name,
      state: observed === undefined ? ('unknown' as const) : describeState(environment, observed),
      folder: workspace.record.folder,
      ...(engine === undefined ? {} : { engine: describePlace(engine) }),
      addresses:
        observed === undefined ? [] : listAddresses(withoutWaiting(environment, observed), observed.publishedPorts),
      ...describeBranch(workspace),
      ...(expiresAt === undefined ? {} : { isExpired: isExpired(expiresAt, io.clock.now()) }),
    };
  });
  return { schemaVersion: 'list/v1', workspaces: await Promise.all(rows) };
}

function renderList({ workspaces }: WorkspaceList, io: Io): string {
  if (workspaces.length === 0) return 'no workspaces yet; devstead up makes one\n';
  const rows = workspaces.map(({ id, name, state, folder, addresses, branch, expiresAt, engine }): Cell[] => {
    const isAlone = workspaces.filter((other) => other.name === name).length === 1;
    const urls = addresses.map(({ url }) => url).join(' ');
    const left = expiresAt === undefined ? '' : formatTimeLeft(expiresAt, io.clock.now());
    const own = branch === undefined ? '' : `branch ${[branch, left].filter((part) => part !== '').join(', ')}`;
    const place = state === 'unknown' && engine !== undefined ? `engine ${harmlessText(engine, false)}` : urls;
    return [isAlone ? name : id, { text: state, colour: stateColours[state] }, folder, own, place];
  });
  return renderTable(rows, { hasColour: io.stdout.hasColour, indent: '' });
}
