import { setTimeout as delay } from 'node:timers/promises';
import { AppError, exitCode } from '@devstead/kit';
import {
  type ContainerUsage,
  compareSamples,
  findWorkspace,
  openRuntime,
  type Runtime,
  sampleUsage,
} from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { readSettings } from '../settings.ts';
import { renderUsage } from '../top/render-usage.ts';
import { Screen } from '../top/screen.ts';

interface TopOptions {
  readonly name?: string;
  readonly processes?: boolean;
  readonly once?: boolean;
  readonly interval?: number;
  readonly output: 'text' | 'json';
}

/** How long one look alone lasts: use of processors is a difference. */
const onceMs = 500;
const defaultIntervalMs = 2000;
const shortestMs = 200;
const longestMs = 3_600_000;

/** `devstead top`: what containers use, on a terminal again and again. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[containers...]', 'containers to show; default: all')
    .option('-p, --processes', 'also each process')
    .option('--once', 'look once and end; without a terminal this is the default')
    .option('--interval <duration>', 'time between two looks, for example 5s; default: 2s', parseDuration)
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\n100 % is one processor. Memory is without the file cache that the kernel gives up for others first.\n' +
        '\nExamples:\n  devstead top\n  devstead top --processes postgresql\n  devstead top --once --output json\n',
    )
    .action(async (containers: readonly string[], options: TopOptions) => {
      await showUsage(io, containers, options);
      done(exitCode.done);
    });
}

async function showUsage(io: Io, wanted: readonly string[], options: TopOptions): Promise<void> {
  const settings = readSettings(io);
  const by = { folder: io.cwd, ...(options.name === undefined ? {} : { name: options.name }) };
  const workspace = findWorkspace(settings.stateFolder, by);
  const runtime = openRuntime(workspace, settings);
  const observed = await runtime.observe();
  const known = Object.keys(observed.containers);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new AppError('UNKNOWN_CONTAINER', `the workspace has no container ${unknown.join(', ')}`, {
      hint: known.length === 0 ? 'Run `devstead up`.' : `There are: ${known.join(', ')}.`,
    });
  }
  if (!observed.isSandboxRunning) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const only = wanted.length === 0 ? undefined : wanted;
  const render = (containers: readonly ContainerUsage[]): string => {
    const { hasColour, columns } = io.stdout;
    return renderUsage(containers, { hasColour, columns, showsProcesses: options.processes === true });
  };
  const intervalMs = Math.min(Math.max(options.interval ?? defaultIntervalMs, shortestMs), longestMs);
  const isOnce = options.once === true || options.output === 'json' || !io.stdout.isTerminal;
  if (!isOnce) {
    await repeat(io, runtime, { only, intervalMs, render });
    return;
  }
  const before = await sampleUsage(runtime, only);
  await delay(options.interval === undefined ? onceMs : intervalMs, undefined, { signal: io.signal });
  const containers = compareSamples(before, await sampleUsage(runtime, only));
  const { id, name } = workspace;
  const at = new Date(io.clock.now()).toISOString();
  const result = { schemaVersion: 'top/v1', at, workspace: { id, name }, containers };
  writeResult(io, options.output, result, () => render(containers));
}

interface Repetition {
  readonly only: readonly string[] | undefined;
  readonly intervalMs: number;
  readonly render: (containers: readonly ContainerUsage[]) => string;
}

/** Draws again and again until Ctrl-C, then leaves what was last seen on the terminal. */
async function repeat(io: Io, runtime: Runtime, { only, intervalMs, render }: Repetition): Promise<void> {
  const screen = new Screen(io.stdout);
  try {
    let before = await sampleUsage(runtime, only);
    await pause(io, Math.min(onceMs, intervalMs));
    while (!io.signal.aborted) {
      const after = await sampleUsage(runtime, only);
      screen.draw(render(compareSamples(before, after)));
      before = after;
      await pause(io, intervalMs);
    }
  } finally {
    screen.close();
  }
}

async function pause(io: Io, ms: number): Promise<void> {
  await delay(ms, undefined, { signal: io.signal }).catch(() => undefined);
}
