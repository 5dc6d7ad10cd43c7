import { exitCode } from '@devstead/kit';
import { listWorkspaces, openRuntime, tryReadRecordedEnvironment } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import type { Io } from '../../../io.ts';
import { lookAt } from '../../../look-at.ts';
import { renderTable } from '../../../render-table.ts';
import { readSettings } from '../../../settings.ts';
import { version } from '../../../version.ts';

interface ListOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly format: 'table' | 'json';
}

/** A project as `docker compose ls --format json` tells of it. */
interface Row {
  readonly Name: string;
  /** `running(2)`, `exited(1), running(2)`. */
  readonly Status: string;
  readonly ConfigFiles: string;
}

/** `devstead compose ls`: every compose project of this user. */
export function defineLs(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('List the compose projects that run.')
    .option('-a, --all', 'also those that are stopped')
    .option('-q, --quiet', 'print names only')
    .addOption(new Option('--format <format>', 'format of the output').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExamples:\n  devstead compose ls\n  devstead compose ls -a --format json\n')
    .action(async (_options: unknown, called: Command) => {
      const { all, quiet, format } = called.optsWithGlobals<ListOptions>();
      const rows = (await listProjects(io)).filter(({ Status }) => all === true || Status.includes('running'));
      if (quiet === true) io.stdout.write(rows.map(({ Name }) => `${Name}\n`).join(''));
      else if (format === 'json') io.stdout.write(`${JSON.stringify(rows)}\n`);
      else {
        const lines = rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]);
        io.stdout.write(renderTable([['NAME', 'STATUS', 'CONFIG FILES'], ...lines], { hasColour: false, indent: '' }));
      }
      done(exitCode.done);
    });
}

async function listProjects(io: Io): Promise<Row[]> {
  const settings = readSettings(io);
  const rows = listWorkspaces(settings.stateFolder).map(async (workspace): Promise<Row[]> => {
    const environment = tryReadRecordedEnvironment(workspace);
    if (environment?.source.format !== 'compose') return [];
    const observed = await lookAt(openRuntime(workspace, settings));
    const row = { Name: workspace.name, ConfigFiles: workspace.record.devfile };
    if (observed === undefined) return [{ ...row, Status: 'unknown' }];
    const { containers } = observed;
    const states = Object.values(containers).map(({ state }) => (state === 'running' ? state : 'exited'));
    const counts = ['exited', 'running'].flatMap((state) => {
      const count = states.filter((one) => one === state).length;
      return count === 0 ? [] : [`${state}(${count})`];
    });
    return [{ ...row, Status: counts.join(', ') }];
  });
  return (await Promise.all(rows)).flat();
}

interface VersionOptions {
  readonly short?: boolean;
  readonly format: 'pretty' | 'json';
}

/** `devstead compose version`. */
export function defineVersion(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Print the version.')
    .option('--short', 'the number alone')
    .addOption(
      new Option('-f, --format <format>', 'format of the output').choices(['pretty', 'json']).default('pretty'),
    )
    .addHelpText('after', '\nExample:\n  devstead compose version --short\n')
    .action(({ short, format }: VersionOptions) => {
      const pretty = short === true ? version : `Devstead Compose version v${version}`;
      io.stdout.write(`${format === 'json' ? JSON.stringify({ version: `v${version}` }) : pretty}\n`);
      done(exitCode.done);
    });
}
