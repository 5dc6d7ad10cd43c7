import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import { readLockOwner, type Workspace } from '@devstead/runtime/workspace';
import type { Io } from '../io.ts';

/** A command of the devfile that runs on after the `devstead push` that started it. */
export interface BackgroundRun {
  readonly command: string;
  readonly pid: number;
}

/** Who holds this lock runs a command in the background; the lock goes with the process, however that ends. */
export function backgroundLock(workspace: Workspace): string {
  return `${workspace.paths.lock}.run`;
}

export function backgroundLog(workspace: Workspace): string {
  return join(workspace.paths.commandLogs, 'background-run.log');
}

export function findBackgroundRun(workspace: Workspace): BackgroundRun | undefined {
  const owner = readLockOwner(backgroundLock(workspace));
  return owner === undefined ? undefined : { command: owner.action, pid: owner.pid };
}

const endTimeoutMs = 15_000;
const lookEveryMs = 20;

/** Ends what `push` left running, with all that it started, and returns when it has ended. */
export async function endBackgroundRun(workspace: Workspace, { pid }: BackgroundRun): Promise<void> {
  const isOver = (): boolean => findBackgroundRun(workspace)?.pid !== pid;
  if (!isOver()) process.kill(pid, 'SIGTERM');
  for (const deadline = performance.now() + endTimeoutMs; !isOver(); await delay(lookEveryMs)) {
    if (performance.now() > deadline) throw new AppError('INTERNAL', `the process ${pid} does not end`);
  }
}

/**
 * Ends what `push` left running of one command, so that it can be started anew; says so. Nothing happens where nothing
 * of it runs.
 */
export async function takeOverBackgroundRun(io: Io, workspace: Workspace, command: string): Promise<void> {
  const found = findBackgroundRun(workspace);
  if (found?.command !== command) return;
  io.stderr.write(`  ${command} ran in the background; it is ended and started here\n`);
  await endBackgroundRun(workspace, found);
}

/** Starts a command that goes on when this process has ended; its output goes to the workspace's command logs. */
export async function startBackgroundRun(io: Io, workspace: Workspace, command: string): Promise<BackgroundRun> {
  mkdirSync(workspace.paths.commandLogs, { recursive: true });
  const log = openSync(backgroundLog(workspace), 'w', 0o600);
  const child = spawn(
    process.execPath,
    [...process.execArgv, process.argv[1] ?? '', 'run-in-background', command, '--name', workspace.id],
    { cwd: io.cwd, detached: true, stdio: ['ignore', log, log], env: { ...io.env } },
  );
  closeSync(log);
  child.unref();
  let isOver = false;
  child.once('exit', () => {
    isOver = true;
  });
  for (;;) {
    const found = findBackgroundRun(workspace);
    if (found !== undefined) return found;
    if (isOver) throw failure(workspace, command);
    await delay(lookEveryMs);
  }
}

/**
 * Waits until what was started answers, or for some seconds when it opens no port; throws COMMAND_FAILED with the end of
 * its output when it ends before.
 */
export async function waitForBackgroundRun(
  io: Io,
  workspace: Workspace,
  run: BackgroundRun,
  isListening: () => Promise<boolean>,
): Promise<void> {
  for (const deadline = performance.now() + settleMs; performance.now() < deadline; await delay(100)) {
    io.signal.throwIfAborted();
    if (findBackgroundRun(workspace)?.pid !== run.pid) throw failure(workspace, run.command);
    if (await isListening()) return;
  }
}

const settleMs = 10_000;
const shownLines = 20;

function failure(workspace: Workspace, command: string): AppError {
  const log = backgroundLog(workspace);
  let lines: string[] = [];
  try {
    lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-shownLines);
  } catch {
    // It ended before it said anything.
  }
  return new AppError('COMMAND_FAILED', `${command} ended at once`, {
    details: lines,
    hint: `Mend the cause and push again. The whole output: ${log}`,
  });
}
