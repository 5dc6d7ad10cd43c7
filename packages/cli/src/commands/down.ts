import { AppError } from '@devstead/kit';
import {
  carryOut,
  describePlace,
  forgetWorkspace,
  listWorkspaces,
  openRuntime,
  prepareDown,
  type Workspace,
} from '@devstead/runtime';
import type { Command } from 'commander';
import { findUnsavedWork } from '../down/find-unsaved-work.ts';
import { type Io, writeResult } from '../io.ts';
import { settleEarlierMove } from '../move/settle-earlier-move.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { printSteps } from '../print-steps.ts';
import { renderError } from '../render-error.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings, type Settings } from '../settings.ts';
import { isExpired } from '../up/change-record.ts';

interface DownOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly expired?: boolean;
  readonly volumes?: boolean;
  readonly force?: boolean;
  readonly commands: boolean;
  readonly output: 'text' | 'json';
}

interface Removed {
  readonly id: string;
  readonly keptVolumes: readonly string[];
  /** Folder of the work tree that was removed with it. */
  readonly worktree?: string;
  /** The engine that has its containers and volumes on and did not answer. */
  readonly leftAt?: string;
}

interface Refused {
  readonly id: string;
  /** What would be lost. */
  readonly reasons: readonly string[];
}

/**
 * `devstead down`: no process, mount, network or port is left; named volumes are, unless asked. A branch's workspace
 * goes with its work tree and its volumes.
 */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(nameOption())
    .addOption(outputOption())
    .option('--all', 'every workspace')
    .option('--expired', 'every workspace of a branch whose time to live is over')
    .option('--volumes', 'also remove named volumes and fetched projects: their data is lost')
    .option(
      '--force',
      'remove work trees and projects also when they have work that is nowhere else; without --all, forget what an engine has that is gone',
    )
    .option('--no-commands', 'do not run the commands of preStop')
    .addHelpText(
      'after',
      '\nThe workspace of a branch (`devstead up --branch`) goes with its work tree and its volumes; the branch and its\n' +
        'commits stay. What has changes that are nowhere else is not removed without --force.\n' +
        '\nExamples:\n  devstead down\n  devstead down --volumes\n  devstead down --all\n  devstead down --expired\n',
    )
    .action(async (options: DownOptions) => {
      done(await down(io, options));
    });
}

/** Removes workspaces, prints which, and returns the exit code. */
export async function down(io: Io, options: DownOptions): Promise<number> {
  const settings = readSettings(io);
  const removed: Removed[] = [];
  const refused: Refused[] = [];
  for (const workspace of selectForDown(io, settings, options)) {
    await withWorkspaceLock(io, workspace, 'down', async () => {
      const reasons = options.force === true ? [] : await findUnsavedWork(workspace, settings, options);
      if (reasons.length === 0) removed.push(await takeDown(io, workspace, settings, options));
      else refused.push({ id: workspace.id, reasons });
    });
  }
  const failure = explainRefused(refused);
  if (failure !== undefined && removed.length === 0) throw failure;
  const result = { schemaVersion: 'down/v1', removed, ...(failure === undefined ? {} : { refused }) };
  writeResult(io, options.output, result, () => removed.map(renderRemoved).join(''));
  if (failure !== undefined) io.stderr.write(renderError(failure, io));
  return failure?.exitCode ?? 0;
}

function explainRefused(refused: readonly Refused[]): AppError | undefined {
  if (refused.length === 0) return undefined;
  const names = refused.map(({ id }) => id).join(', ');
  return new AppError('UNSAVED_WORK', `not removed, because it has work that is nowhere else: ${names}`, {
    details: refused.flatMap(({ id, reasons }) =>
      reasons.map((reason) => (refused.length === 1 ? reason : `${id}: ${reason}`)),
    ),
  });
}

function selectForDown(io: Io, settings: Settings, options: DownOptions): readonly Workspace[] {
  if (options.expired !== true) return selectWorkspaces(io, settings, options);
  const now = io.clock.now();
  return listWorkspaces(settings.stateFolder).filter(({ record }) => isExpired(record.branch?.expiresAt, now));
}

async function takeDown(io: Io, found: Workspace, settings: Settings, options: DownOptions): Promise<Removed> {
  const workspace = await settleEarlierMove(found, settings, (note) => io.stderr.write(`  note ${note}\n`));
  const runtime = openRuntime(workspace, settings);
  const removesVolumes = options.volumes === true;
  const order = { runsCommands: options.commands, removesVolumes, isForced: options.force === true };
  // An engine may only be off at the moment: it takes the name of one workspace, or its folder, to forget what it has there.
  const mayForget = order.isForced && options.all !== true && options.expired !== true;
  const plan = await prepareDown(workspace, runtime, order).catch((error: unknown) => {
    if (!mayForget || !(error instanceof AppError) || error.code !== 'ENGINE_NOT_FOUND') throw error;
    return undefined;
  });
  if (plan === undefined) {
    await forgetWorkspace(workspace, settings);
    const { engine } = workspace.record;
    return { id: workspace.id, keptVolumes: [], leftAt: engine === undefined ? 'unknown' : describePlace(engine) };
  }
  await carryOut(workspace, runtime, plan, {
    clock: io.clock,
    signal: new AbortController().signal,
    onEvent: printSteps(io),
  });
  const { branch } = workspace.record;
  return {
    id: workspace.id,
    keptVolumes: removesVolumes || branch !== undefined ? [] : (await runtime.observe()).volumes,
    ...(branch?.isWorktreeOurs === true ? { worktree: branch.worktree } : {}),
  };
}

function renderRemoved({ id, keptVolumes, worktree, leftAt }: Removed): string {
  if (leftAt !== undefined) return `${id} is forgotten; what it has at the engine (${leftAt}) stays there\n`;
  const kept = keptVolumes.length === 0 ? '' : `; kept volumes: ${keptVolumes.join(', ')} (--volumes removes them)`;
  return `${id} is removed${worktree === undefined ? '' : ` with ${worktree}`}${kept}\n`;
}
