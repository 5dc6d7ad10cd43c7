import { totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCode } from '@devstead/kit';
import { type ContainerUsage, compareSamples, sampleUsage } from '@devstead/runtime';
import type { Command } from 'commander';
import type { Io } from '../../../io.ts';
import { renderTable } from '../../../render-table.ts';
import { Screen } from '../../../top/screen.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../../open-project.ts';
import { renderTemplate } from '../../output/render-template.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { nameContainer } from './name-container.ts';

interface StatsOptions extends ProjectOptions {
  readonly all?: boolean;
  /** `table`, `json`, or a template. */
  readonly format: string;
  /** False with `--no-stream`. */
  readonly stream: boolean;
}

const firstMs = 500;
const intervalMs = 1000;

/** `devstead compose stats`: what containers use. */
export function defineStats(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Show what containers use, again and again until Ctrl-C.')
    .argument('[services...]', 'default: all')
    .option('-a, --all', 'also those that do not run')
    .option('--format <format>', 'table, json, or a template such as "{{.Name}} {{.CPUPerc}}"', 'table')
    .option('--no-stream', 'look once')
    .option('--no-trunc', 'taken and not needed: nothing is cut off')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose stats\n  devstead compose stats --no-stream --format json backend\n',
    )
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<StatsOptions>();
      await showStats(io, await openProject(io, options), services, options);
      done(io.signal.aborted ? exitCode.interrupted : exitCode.done);
    });
}

/** Use of a container as `docker compose stats --format json` tells of it. What is not counted here is `--`. */
interface Row {
  readonly BlockIO: string;
  readonly CPUPerc: string;
  readonly Container: string;
  readonly ID: string;
  readonly MemPerc: string;
  readonly MemUsage: string;
  readonly Name: string;
  readonly NetIO: string;
  readonly PIDs: string;
}

async function showStats(
  io: Io,
  project: OpenedProject,
  services: readonly string[],
  { all, format, stream }: StatsOptions,
): Promise<void> {
  const { runtime, environment } = project;
  const names = services.length === 0 ? undefined : listServiceContainers(environment, services);
  const screen = stream && format === 'table' && io.stdout.isTerminal ? new Screen(io.stdout) : undefined;
  try {
    let before = await sampleUsage(runtime, names);
    for (let pause = firstMs; !io.signal.aborted; pause = intervalMs) {
      await delay(pause, undefined, { signal: io.signal }).catch(() => undefined);
      if (io.signal.aborted) return;
      const after = await sampleUsage(runtime, names);
      const rows = compareSamples(before, after)
        .filter(({ isRunning }) => isRunning || all === true)
        .map((usage) => describe(project, usage));
      before = after;
      const text = render(rows, format);
      if (screen === undefined) io.stdout.write(text);
      else screen.draw(text);
      if (!stream) return;
    }
  } finally {
    screen?.close();
  }
}

function describe({ workspace, environment }: OpenedProject, usage: ContainerUsage): Row {
  const { name, isRunning, cpuPercent, memoryBytes, memoryLimitBytes = totalmem(), processes } = usage;
  const id = `${workspace.id}-${name}`;
  return {
    BlockIO: '--',
    CPUPerc: isRunning ? `${cpuPercent.toFixed(2)}%` : '--',
    Container: id,
    ID: id,
    MemPerc: isRunning ? `${((100 * memoryBytes) / memoryLimitBytes).toFixed(2)}%` : '--',
    MemUsage: isRunning ? `${formatSize(memoryBytes)} / ${formatSize(memoryLimitBytes)}` : '-- / --',
    Name: nameContainer(environment.name, name),
    NetIO: '--',
    PIDs: isRunning ? String(processes.length) : '--',
  };
}

const fields = ['BlockIO', 'CPUPerc', 'Container', 'ID', 'MemPerc', 'MemUsage', 'Name', 'NetIO', 'PIDs'];

function render(rows: readonly Row[], format: string): string {
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (format !== 'table')
    return renderTemplate(
      rows.map((row) => ({ ...row })),
      format,
      fields,
    );
  const header = ['CONTAINER ID', 'NAME', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS'];
  const lines = rows.map((row) => [
    row.ID,
    row.Name,
    row.CPUPerc,
    row.MemUsage,
    row.MemPerc,
    row.NetIO,
    row.BlockIO,
    row.PIDs,
  ]);
  return renderTable([header, ...lines], { hasColour: false, indent: '' });
}

/** As docker writes it: `12.5MiB`. */
function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(1, bytes)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toPrecision(4))}${units[power]}`;
}
