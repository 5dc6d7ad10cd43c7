import { existsSync } from 'node:fs';
import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import {
  chooseRuntime,
  openRuntime,
  type PreparedUp,
  prepareUp,
  type Runtime,
  type RuntimeName,
  renderPlan,
  takeLock,
  type UpOptions,
  type Workspace,
} from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { collect } from '../collect.ts';
import { type Io, writeResult } from '../io.ts';
import { type LoadedEnvironment, loadEnvironment } from '../load-environment.ts';
import { settleEarlierMove } from '../move/settle-earlier-move.ts';
import { outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { addReadingOptions, type ReadingOptions, readReadingOptions } from '../reading-options.ts';
import { isMeantIn } from '../select-workspaces.ts';
import { readSettings, type Settings } from '../settings.ts';
import { attachToUp } from '../up/attach.ts';
import { buildForUp } from '../up/build-for-up.ts';
import { carryOutCreate, carryOutUp } from '../up/carry-out-up.ts';
import { changeRecord, listNotes } from '../up/change-record.ts';
import { listStarters, renderStarters } from '../up/choose-starter.ts';
import { openTarget, type UpTarget } from '../up/open-target.ts';
import { openUpWorkspace } from '../up/open-up-workspace.ts';
import { type PullPolicy, pullForUp } from '../up/pull-for-up.ts';
import { requireServiceTrust, requireTrust } from '../up/trust.ts';
import { UpProgress } from '../up/up-progress.ts';
import { describeResult } from '../up/up-result.ts';
import { withoutSecrets } from '../up/without-secrets.ts';

export interface UpCommandOptions extends ReadingOptions {
  readonly name?: string;
  /** What a new workspace runs on. */
  readonly runtime?: RuntimeName;
  readonly internal?: boolean;
  readonly commands: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly revision?: string;
  readonly timeout?: number;
  readonly starter?: string;
  readonly starters?: boolean;
  readonly bind?: readonly string[];
  readonly submodules?: boolean;
  readonly branch?: string;
  readonly ttl?: number;
  readonly copyVolumes?: string;
  /** What was agreed to before, for a devfile that was fetched. */
  readonly approvedAs?: string;
  /** Only these containers, and those they need. */
  readonly only?: readonly string[];
  readonly keepsOrphans?: boolean;
  /** With `only`: what those named wait for is not started for them. */
  readonly withoutNeeds?: boolean;
  /** Containers that are made anew although nothing about them changed. */
  readonly recreates?: readonly string[];
  /** Containers that are there are left as they were made. */
  readonly keepsMade?: boolean;
  /** So long for a container to end by itself: milliseconds. */
  readonly graceMs?: number;
  /** When images of services are pulled, in place of their `pull_policy`. */
  readonly pulls?: PullPolicy;
  /** `all`: images of services are built although the store has them. `none`: not even those that are missing. */
  readonly builds?: 'all' | 'none';
  /** Only images are made ready, and what is to run is written down. */
  readonly startsNothing?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead up`: the environment as its devfile describes it, running. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addReadingOptions(command)
    .argument('[path]', 'folder, devfile, or https or ssh address of a Git repository', '.')
    .option('--name <name>', 'the workspace’s name; default: the devfile’s, with the branch in a linked worktree')
    .addOption(runtimeOption())
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
    .option('--submodules', 'fetch the submodules of projects too; default: projects.submodules')
    .option('--bind <NAME=FOLDER>', 'use a folder of this machine for a project; NAME= fetches it again', collect)
    .option('--starter <name>', 'begin with the sources of a starter project, in a folder that has none')
    .option('--starters', 'list the starter projects and change nothing')
    .option('--branch <name>', 'start a branch in a work tree, ports and volumes of its own')
    .option('--ttl <duration>', 'with --branch: how long it is meant to stay, for example 3d', parseDuration)
    .option('--copy-volumes <names>', 'with --branch: begin with copies of this folder’s volumes: a,b or all')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nA second `up` does only what is missing; one that is already at work is joined. A project that is in its place is\n' +
        'left alone. `devstead down` removes a branch’s work tree, unless it has work that is nowhere else.\n' +
        '\nExamples:\n  devstead up\n  devstead up examples/python-flask-webapp\n  devstead up --dry-run\n' +
        '  devstead up https://git.example.com/team/shop.git --revision main\n' +
        '  devstead up --starters\n  devstead up --starter small\n  devstead up --bind api=../api\n' +
        '  devstead up --branch feature/login --ttl 3d --copy-volumes all\n' +
        '  devstead up --var TAG=3.12 --var-file local.env\n  devstead up --runtime container\n',
    )
    .action(async (path: string, options: UpCommandOptions) => {
      done(await up(io, path, options));
    });
}

/** Brings an environment up and returns the exit code. */
export async function up(io: Io, path: string, options: UpCommandOptions): Promise<number> {
  const started = performance.now();
  const reading = readReadingOptions(io, options);
  if (options.starters === true) {
    const { environment } = await loadEnvironment(io, { path, reading });
    const list = listStarters(environment);
    writeResult(io, options.output, list, () => renderStarters(list));
    return 0;
  }
  const target = await openTarget(io, path, reading, options);
  const progress = new UpProgress(io, started);
  progress.printSource(target.loaded.environment, performance.now() - started);
  const made = { isRecorded: false };
  try {
    return await upTarget(io, target, progress, options, made);
  } catch (error) {
    // What was made for a workspace that never came to be.
    if (!made.isRecorded) await target.branch?.undo();
    throw error;
  }
}

/** Brings an environment up that was read already, and returns the exit code. */
export function upLoaded(io: Io, loaded: LoadedEnvironment, options: UpCommandOptions): Promise<number> {
  const progress = new UpProgress(io, performance.now());
  progress.printSource(loaded.environment, 0);
  return upTarget(io, { loaded }, progress, options, { isRecorded: false });
}

async function upTarget(
  io: Io,
  { loaded, commit, branch }: UpTarget,
  progress: UpProgress,
  options: UpCommandOptions,
  made: { isRecorded: boolean },
): Promise<number> {
  const settings = readSettings(io, existsSync(loaded.folder) ? loaded.folder : io.cwd);
  const names = { ...options, ...(branch === undefined ? {} : { branch: branch.record.name }) };
  const { workspace: found, existed } = openUpWorkspace(io, settings, loaded, names);
  requireSameRuntime(found, options.runtime);
  const named =
    branch?.copies === undefined ? options.runtime : requireRuntimeOf(branch.copies.source, settings, options);
  const runtime = openRuntime(found, { ...settings, ...(named === undefined ? {} : { runtime: named }) });
  const finish = async (workspace: Workspace, durationMs: number): Promise<void> => {
    const result = await describeResult(workspace, loaded.environment, runtime, durationMs);
    progress.printReady(result);
    writeResult(io, options.output, result, () => progress.renderAddresses(result));
    progress.printNext(result, (folder) => isMeantIn(folder, settings, workspace));
  };
  const lock = options.dryRun === true ? undefined : await takeLock(found.paths.lock, 'up');
  try {
    if (lock === undefined && options.dryRun !== true) {
      return await attachToUp(io, found, progress, () => finish(found, 0));
    }
    const settled =
      lock === undefined ? found : await settleEarlierMove(found, settings, (note) => progress.note(note));
    const { workspace, environment, starter } = changeRecord(io, settled, loaded, branch, options);
    const upOptions: UpOptions = {
      ...readUpOptions(options, settings),
      ...(starter === undefined ? {} : { starter }),
      ...(branch?.copies === undefined ? {} : { copies: branch.copies }),
    };
    if (options.dryRun === true) return await dryRun(io, workspace, environment, runtime, settings, upOptions, options);
    for (const note of listNotes(io, settings.stateFolder, workspace, loaded, starter)) progress.note(note);
    if (settings.indexProblem !== undefined) {
      progress.note(`no package index: ${settings.indexProblem}; packages come by pip’s own settings`);
    }
    await buildForUp(io, settings, environment, options, commit !== undefined);
    await pullForUp(io, settings, environment, options);
    if (options.startsNothing !== true) runtime.anticipateStart();
    const prepare = (of: Workspace): Promise<PreparedUp> =>
      prepareUp(of, environment, runtime, settings, { ...upOptions, signal: io.signal });
    const first = await prepare(workspace);
    const isAnswered = options.yes === true;
    const agreed = await requireServiceTrust(io, workspace, first, isAnswered);
    const trusted = await requireTrust(io, agreed, first, { isAnswered, commit: commit ?? options.approvedAs });
    progress.printImages(first);
    made.isRecorded = true;
    const undoBranch = async (): Promise<void> => branch?.undo();
    const input = { workspace: trusted, runtime, settings, first, prepare, progress, existed, undoBranch };
    if (options.startsNothing === true) {
      await carryOutCreate(io, input);
      return 0;
    }
    const recorded = await carryOutUp(io, input);
    await finish(recorded, progress.elapsedMs());
    return 0;
  } finally {
    runtime.release();
    lock?.release();
  }
}

function runtimeOption(): Option {
  return new Option(
    '--runtime <runtime>',
    'what a new workspace runs on: the sandbox, or containers of Docker or Podman; default: up.runtime',
  ).choices(['sandbox', 'container']);
}

/** A workspace stays on what it was made with: its layers and volumes are there. */
function requireSameRuntime({ name, record, paths }: Workspace, wanted: RuntimeName | undefined): void {
  const made = record.runtime ?? (existsSync(paths.environment) ? 'sandbox' : undefined);
  if (wanted === undefined || made === undefined || made === wanted) return;
  throw new AppError('USAGE', `${name} runs on the runtime ${made}`, {
    hint: `Move it with its volumes: \`devstead move --to ${wanted}\`; then run \`devstead up\`.`,
  });
}

/** Copies of volumes are made where the volumes are. */
function requireRuntimeOf(source: Workspace, settings: Settings, { runtime }: UpCommandOptions): RuntimeName {
  const found = chooseRuntime(source, settings);
  if (runtime === undefined || runtime === found) return found;
  throw new AppError('USAGE', `the volumes of ${source.name} are on the runtime ${found}`, {
    hint: `Leave --runtime out: the branch starts where its volumes are copied from.`,
  });
}

function readUpOptions(options: UpCommandOptions, settings: Settings): UpOptions {
  return {
    publishesInternal: options.internal === true,
    runsCommands: options.commands && settings.up.runsCommands,
    readyTimeoutMs: options.timeout ?? settings.up.timeoutMs,
    withSubmodules: options.submodules ?? settings.up.withSubmodules,
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.keepsOrphans === undefined ? {} : { keepsOrphans: options.keepsOrphans }),
    ...(options.withoutNeeds === undefined ? {} : { withoutNeeds: options.withoutNeeds }),
    ...(options.recreates === undefined ? {} : { recreates: options.recreates }),
    ...(options.keepsMade === undefined ? {} : { keepsMade: options.keepsMade }),
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
  };
}

async function dryRun(
  io: Io,
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  settings: Settings,
  upOptions: UpOptions,
  { output }: UpCommandOptions,
): Promise<number> {
  const { plan } = await prepareUp(workspace, environment, runtime, settings, upOptions);
  writeResult(io, output, { schemaVersion: 'plan/v1', ...withoutSecrets(plan) }, () => renderPlan(plan));
  return 0;
}
