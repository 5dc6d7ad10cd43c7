import { performance } from 'node:perf_hooks';
import { AppError } from '@devstead/kit';
import {
  carryOut,
  openSandboxRuntime,
  type PlanEvent,
  type PreparedUp,
  prepareUp,
  pullImages,
  type Runtime,
  recordUp,
  renderPlan,
  rollBack,
  takeLock,
  type Workspace,
} from '@devstead/runtime';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { type LoadedEnvironment, loadEnvironment } from '../load-environment.ts';
import { outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { readSettings, type Settings } from '../settings.ts';
import { attachToUp } from '../up/attach.ts';
import { fetchRepository, isGitAddress } from '../up/fetch-repository.ts';
import { openUpWorkspace } from '../up/open-up-workspace.ts';
import { requireTrust } from '../up/trust.ts';
import { UpProgress } from '../up/up-progress.ts';
import { describeResult, type UpResult } from '../up/up-result.ts';
import { collect, processOptions } from './exec.ts';

export interface UpCommandOptions {
  readonly name?: string;
  readonly internal?: boolean;
  readonly commands: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly revision?: string;
  readonly timeout?: number;
  readonly var?: readonly string[];
  readonly output: 'text' | 'json';
}

/** `devstead up`: the environment as its devfile describes it, running. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[path]', 'folder, devfile, or https or ssh address of a Git repository', '.')
    .option('--name <name>', 'the workspace’s name; default: the devfile’s, with the branch in a linked worktree')
    .option('--internal', 'also publish endpoints that are internal')
    .option('--no-commands', 'do not run the commands of preStart and postStart')
    .option('--dry-run', 'print the plan and change nothing')
    .option('--yes', 'run what a fetched repository asks for without a question')
    .option('--revision <name>', 'branch, tag or commit of the repository')
    .option(
      '--timeout <duration>',
      'time for services to become ready, for example 90s; default: up.timeout',
      parseDuration,
    )
    .option('--var <NAME=VALUE>', 'value of a variable of the devfile; may be given several times', collect)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nA second `up` does only what is missing; one that is already at work is joined.\n' +
        '\nExamples:\n  devstead up\n  devstead up examples/python-flask-webapp\n  devstead up --dry-run\n' +
        '  devstead up https://git.example.com/team/shop.git --revision main\n',
    )
    .action(async (path: string, options: UpCommandOptions) => {
      done(await up(io, path, options));
    });
}

async function up(io: Io, path: string, options: UpCommandOptions): Promise<number> {
  const started = performance.now();
  const variables = Object.fromEntries(
    processOptions({ env: options.var ?? [] }).env.map(({ name, value }) => [name, value]),
  );
  const load = (place: string): Promise<LoadedEnvironment> => loadEnvironment(io, { path: place, variables });
  const fetched = isGitAddress(path) ? await fetchRepository(io, readSettings(io), path, options, load) : undefined;
  const loaded = fetched ?? (await load(path));
  const settings = readSettings(io, loaded.folder);
  const progress = new UpProgress(io, started);
  progress.printSource(loaded.environment, performance.now() - started);
  const { workspace, existed } = openUpWorkspace(io, settings, loaded, options);
  const runtime = openSandboxRuntime(workspace, settings);
  const lock = options.dryRun === true ? undefined : await takeLock(workspace.paths.lock, 'up');
  try {
    if (options.dryRun === true) return await dryRun(io, workspace, loaded, runtime, settings, options);
    if (lock === undefined)
      return await attachToUp(
        io,
        workspace,
        progress,
        () => describeResult(workspace, loaded.environment, runtime, 0),
        options,
      );
    const prepare = (of: Workspace): Promise<PreparedUp> =>
      prepareUp(of, loaded.environment, runtime, settings, { ...upOptions(options, settings), signal: io.signal });
    const first = await prepare(workspace);
    const trusted = await requireTrust(io, workspace, first, {
      isAnswered: options.yes === true,
      commit: fetched?.commit,
    });
    progress.printImages(first);
    const carrying = { clock: io.clock, signal: io.signal, onEvent: (event: PlanEvent) => progress.read(event) };
    const recorded = await rollBackWhenInterrupted(io, trusted, runtime, progress, existed, async () => {
      const begun = recordUp({ ...first, workspace: trusted });
      const hasPulled = await pullImages(first, runtime, carrying);
      const prepared = hasPulled ? await prepare(begun) : first;
      const written = hasPulled ? recordUp(prepared) : begun;
      await carryOut(written, runtime, prepared.plan, carrying);
      return written;
    });
    printResult(io, describeResult(recorded, loaded.environment, runtime, progress.elapsedMs()), options, progress);
    return 0;
  } finally {
    lock?.release();
  }
}

function upOptions(options: UpCommandOptions, settings: Settings): Parameters<typeof prepareUp>[4] {
  return {
    publishesInternal: options.internal === true,
    runsCommands: options.commands && settings.up.runsCommands,
    readyTimeoutMs: options.timeout ?? settings.up.timeoutMs,
  };
}

async function dryRun(
  io: Io,
  workspace: Workspace,
  loaded: LoadedEnvironment,
  runtime: Runtime,
  settings: Settings,
  options: UpCommandOptions,
): Promise<number> {
  const { plan } = await prepareUp(workspace, loaded.environment, runtime, settings, upOptions(options, settings));
  writeResult(io, options.output, { schemaVersion: 'plan/v1', ...plan }, () => renderPlan(plan));
  return 0;
}

async function rollBackWhenInterrupted<Result>(
  io: Io,
  workspace: Workspace,
  runtime: Runtime,
  progress: UpProgress,
  existed: boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  const wasRunning = runtime.observe().isSandboxRunning;
  try {
    return await work();
  } catch (error) {
    progress.end();
    if (!(error instanceof AppError) || error.code !== 'INTERRUPTED') throw error;
    await rollBack(workspace, runtime, { existed, wasRunning }, io.clock);
    const hint = wasRunning
      ? 'The workspace runs on; `devstead up` finishes what was begun.'
      : 'What this up made is removed; images and named volumes are kept. `devstead up` begins again.';
    throw new AppError('INTERRUPTED', 'interrupted', { hint });
  }
}

function printResult(io: Io, result: UpResult, options: UpCommandOptions, progress: UpProgress): void {
  progress.printReady(result);
  writeResult(io, options.output, result, () => progress.renderAddresses(result));
  progress.printNext(result);
}
