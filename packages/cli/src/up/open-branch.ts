import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@devstead/kit';
import {
  type BranchRecord,
  findRepository,
  findWorkspace,
  findWorktree,
  type Lock,
  type OpenedWorktree,
  openRuntime,
  openWorktree,
  type Repository,
  takeLock,
  undoWorktree,
  type Workspace,
  worktreeFolder,
} from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';
import type { Settings } from '../settings.ts';

export interface BranchOptions {
  readonly branch: string;
  /** Milliseconds. */
  readonly ttl?: number;
  /** `all`, or names apart by commas. */
  readonly copyVolumes?: string;
  readonly dryRun?: boolean;
}

/** A branch's work tree with the environment that its own devfile describes. */
export interface OpenedBranch {
  readonly loaded: LoadedEnvironment;
  readonly record: BranchRecord;
  readonly copies?: { readonly volumes: readonly string[]; readonly source: Workspace };
  /** The work tree was made now. */
  readonly isNew: boolean;
  /** Takes back what was made now, if anything was. */
  undo(): Promise<void>;
}

/**
 * Opens the work tree of a branch of the repository that a devfile lies in, making it when there is none; a dry run
 * makes none and reads the devfile that is there. Throws BRANCH_FAILED, and what reading a devfile throws.
 */
export async function openBranch(
  io: Io,
  settings: Settings,
  here: LoadedEnvironment,
  options: BranchOptions,
  load: (path: string) => Promise<LoadedEnvironment>,
): Promise<OpenedBranch> {
  const { branch } = options;
  const repository = await findRepository(here.folder, settings);
  const copies = await chooseCopies(settings, here, options.copyVolumes);
  const target = worktreeFolder(repository, branch);
  const lock = await waitForLock(settings.stateFolder, target, io.signal);
  try {
    const isDry = options.dryRun === true;
    const tree = isDry ? await findWorktree(repository, branch) : await openOrEnd(io, repository, branch);
    const undo = async (): Promise<void> => {
      if (tree !== undefined) await undoWorktree(repository, tree);
    };
    const record: BranchRecord = {
      name: branch,
      worktree: tree?.folder ?? target,
      repository: repository.common,
      isWorktreeOurs: tree?.isOurs ?? true,
      ...(options.ttl === undefined ? {} : { expiresAt: new Date(io.clock.now() + options.ttl).toISOString() }),
    };
    const devfile = relative(repository.top, here.devfile);
    const rest = { record, isNew: tree?.isNew ?? false, undo, ...(copies === undefined ? {} : { copies }) };
    if (tree === undefined) {
      return { loaded: { ...here, folder: join(target, repository.below), devfile: join(target, devfile) }, ...rest };
    }
    try {
      return { loaded: await loadFrom(tree.folder, devfile, branch, load), ...rest };
    } catch (error) {
      await undo();
      throw error;
    }
  } finally {
    lock.release();
  }
}

/** Ctrl-C at a terminal reaches Git too: what then failed was interrupted. */
async function openOrEnd(io: Io, repository: Repository, branch: string): Promise<OpenedWorktree> {
  try {
    const tree = await openWorktree(repository, branch);
    if (io.signal.aborted) await undoWorktree(repository, tree);
    io.signal.throwIfAborted();
    return tree;
  } catch (error) {
    if (!io.signal.aborted) throw error;
    throw new AppError('INTERRUPTED', 'interrupted', { cause: error });
  }
}

async function loadFrom(
  folder: string,
  devfile: string,
  branch: string,
  load: (path: string) => Promise<LoadedEnvironment>,
): Promise<LoadedEnvironment> {
  const path = join(folder, devfile);
  if (existsSync(path)) return load(path);
  throw new AppError('BRANCH_FAILED', `the branch ${branch} has no ${devfile}`, {
    hint: 'Commit the devfile on that branch: a work tree has what is committed.',
  });
}

/** The volumes to copy and the workspace that has them: that of the folder from which the branch is opened. */
async function chooseCopies(
  settings: Settings,
  here: LoadedEnvironment,
  wanted: string | undefined,
): Promise<OpenedBranch['copies']> {
  if (wanted === undefined) return undefined;
  const source = findWorkspace(settings.stateFolder, { folder: here.folder });
  const there = (await openRuntime(source, settings).observe()).volumes;
  const names = wanted === 'all' ? there : wanted.split(',').map((name) => name.trim());
  const missing = names.filter((name) => !there.includes(name));
  if (missing.length > 0) {
    throw new AppError('USAGE', `${source.name} has no volume ${missing.join(', ')}`, {
      hint: `Its volumes: ${there.join(', ') || 'none'}.`,
    });
  }
  return { volumes: names, source };
}

/** One at a time makes a work tree; the others then find it made. */
async function waitForLock(stateFolder: string, target: string, signal: AbortSignal): Promise<Lock> {
  const name = `worktree-${createHash('sha256').update(target).digest('hex').slice(0, 16)}`;
  for (;;) {
    signal.throwIfAborted();
    const lock = await takeLock(join(stateFolder, 'locks', name), 'up --branch');
    if (lock !== undefined) return lock;
    await delay(100);
  }
}
