import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { type Runtime, readLockOwner, type Workspace } from '@devstead/runtime';
import { type ChangeBatch, ProjectWatcher } from '@devstead/runtime/watch';
import { lookAt } from '../look-at.ts';
import { BuildProducts } from './build-products.ts';
import type { ChosenCommands } from './choose-commands.ts';
import { compareEnvironments } from './compare-environments.ts';
import { LoopGuard } from './loop-guard.ts';
import { RunningCommand } from './running-command.ts';
import { namedPaths, type WatchEvent } from './watch-event.ts';

export interface WatchPlan {
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  /** Real paths of the folders watched. */
  readonly roots: readonly string[];
  /** Patterns of paths that are not watched, beside the project's own. */
  readonly ignored: readonly string[];
  readonly excluded: readonly string[];
  readonly commands: ChosenCommands;
  /** The commands of an environment that was brought up anew. */
  readonly chooseAgain: () => Promise<ChosenCommands>;
  /** Whether a change of this path asks for a build. */
  readonly needsBuild: (path: string) => boolean;
  /** The devfile, then the files of this machine that it builds on. */
  readonly devfiles: readonly string[];
  /** What the devfile describes now. Throws what is wrong with it. */
  readonly readDevfile: () => Promise<Environment>;
  /** Brings the workspace up anew from its devfile; absent: it is only said that this is to be done. */
  readonly applyDevfile?: () => Promise<void>;
  readonly graceMs: number;
  readonly stdio: ['ignore', 'inherit' | 2, 'inherit' | 2];
  readonly tell: (event: WatchEvent) => void;
}

interface Change extends ChangeBatch {
  readonly root: string;
}

const lookEveryMs = 500;
/** What a build wrote last may be noticed only after its end. */
const afterBuildMs = 100;

type EndReason = Extract<WatchEvent, { event: 'ended' }>['reason'];

/** One `devstead watch`: from the first look at the project until Ctrl-C, or until the workspace or its folder goes. */
export class WatchSession {
  private readonly plan: WatchPlan;
  private readonly ending = new AbortController();
  private readonly watchers: ProjectWatcher[] = [];
  private readonly products = new BuildProducts();
  private readonly guard = new LoopGuard();
  private commands: ChosenCommands;
  private running: RunningCommand | undefined;
  private building: RunningCommand | undefined;
  private queue: Change[] = [];
  private wake: (() => void) | undefined;
  private endReason: EndReason = 'interrupted';
  private devfileStamp: string;
  private environmentStamp: string;
  private lastEnvironment: Environment | undefined;
  /** By the monotonic clock. */
  private lastStartAt = Number.NEGATIVE_INFINITY;
  private builtFrom = 0;
  private builtUntil = 0;

  constructor(plan: WatchPlan) {
    this.plan = plan;
    this.commands = plan.commands;
    this.devfileStamp = stampFiles(plan.devfiles);
    this.environmentStamp = stampFile(plan.workspace.paths.environment);
  }

  /** Watches until the signal. Throws MACHINE_LACKS when the project cannot be watched. */
  async run(signal: AbortSignal, isBuilt: boolean): Promise<void> {
    const onAbort = (): void => this.end('interrupted');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) this.end('interrupted');
    const timer = setInterval(() => void this.lookAround(), lookEveryMs);
    try {
      await this.openWatchers();
      this.lastEnvironment = await this.plan.readDevfile().catch(() => undefined);
      await this.begin(isBuilt);
      while (!this.ending.signal.aborted) await this.next();
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      for (const watcher of this.watchers) watcher.close();
      await Promise.all([this.building?.end(this.plan.graceMs), this.running?.end(this.plan.graceMs)]);
    }
    this.plan.tell({ event: 'ended', reason: this.endReason });
  }

  private end(reason: EndReason): void {
    if (this.ending.signal.aborted) return;
    this.endReason = reason;
    this.ending.abort();
    void this.building?.end(this.plan.graceMs);
    this.wake?.();
  }

  private async openWatchers(): Promise<void> {
    const startedAt = performance.now();
    const { roots, ignored, excluded, tell } = this.plan;
    for (const root of roots) {
      const options = {
        root,
        patterns: ignored,
        excluded,
        onBatch: (batch: ChangeBatch) => this.take({ ...batch, root }),
        onNote: (text: string) => tell({ event: 'note', text }),
      };
      this.watchers.push(await ProjectWatcher.open(options, this.ending.signal));
    }
    const folderCount = this.watchers.reduce((sum, watcher) => sum + watcher.folderCount, 0);
    tell({ event: 'watching', folders: roots, folderCount, durationMs: Math.round(performance.now() - startedAt) });
  }

  private take(change: Change): void {
    this.queue.push(change);
    this.wake?.();
  }

  /** What no watch of the project tells of: whether the workspace still runs, and whether it was brought up anew. */
  private async lookAround(): Promise<void> {
    const { runtime } = this.plan;
    if (this.watchers.some((watcher) => !watcher.isThere)) this.end('folder-gone');
    else if ((await lookAt(runtime))?.isSandboxRunning === false) this.end('workspace-stopped');
    else if (this.hasNewDevfile() || this.hasNewEnvironment()) this.wake?.();
  }

  private hasNewDevfile(): boolean {
    const stamp = stampFiles(this.plan.devfiles);
    return stamp !== '' && stamp !== this.devfileStamp;
  }

  /** An `up` that is still at work is waited for. */
  private hasNewEnvironment(): boolean {
    const { paths } = this.plan.workspace;
    return stampFile(paths.environment) !== this.environmentStamp && readLockOwner(paths.lock) === undefined;
  }

  private async begin(isBuilt: boolean): Promise<void> {
    const { build } = this.commands;
    if (build !== undefined && isBuilt)
      this.plan.tell({ event: 'build.skipped', command: build.command.id, reason: 'event' });
    else if (build !== undefined && !(await this.build())) return;
    await this.start();
  }

  private async next(): Promise<void> {
    if (this.queue.length === 0 && !this.hasNewDevfile() && !this.hasNewEnvironment()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
    if (this.ending.signal.aborted) return;
    if (this.hasNewDevfile()) await this.readDevfile();
    if (this.hasNewEnvironment()) await this.readEnvironment();
    const changes = this.queue
      .splice(0)
      .map((change) => this.withoutProducts(this.withoutDevfile(change)))
      .filter(({ count }) => count > 0);
    if (changes.length > 0) await this.answer(changes);
  }

  private withoutDevfile(change: Change): Change {
    const paths = change.paths.filter((path) => !this.plan.devfiles.includes(join(change.root, path)));
    return { ...change, paths, count: change.count - (change.paths.length - paths.length) };
  }

  private async readDevfile(): Promise<void> {
    const { workspace, tell, applyDevfile } = this.plan;
    const file = basename(workspace.record.devfile);
    this.devfileStamp = stampFiles(this.plan.devfiles);
    try {
      const environment = await this.plan.readDevfile();
      const before = this.lastEnvironment;
      this.lastEnvironment = environment;
      const differences = before === undefined ? ['all of it'] : compareEnvironments(before, environment);
      const isApplied = applyDevfile !== undefined && differences.length > 0;
      if (differences.length === 0) tell({ event: 'note', text: `${file} changed; it describes the same as before` });
      else tell({ event: 'devfile.changed', file, differences, isApplied });
      if (isApplied) await applyDevfile();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell({ event: 'devfile.invalid', file, message: error.message });
    }
  }

  private async readEnvironment(): Promise<void> {
    this.environmentStamp = stampFile(this.plan.workspace.paths.environment);
    try {
      this.commands = await this.plan.chooseAgain();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.plan.tell({ event: 'note', text: error.message });
      return;
    }
    this.plan.tell({ event: 'environment.changed' });
    await this.restart(Date.now());
  }

  private async answer(changes: readonly Change[]): Promise<void> {
    const paths = changes.flatMap((change) => this.nameOf(change));
    const [first] = changes;
    if (first === undefined) return;
    const { tell, needsBuild } = this.plan;
    const isPartial = changes.some((change) => change.isPartial);
    const branch = changes.find((change) => change.branch !== undefined)?.branch;
    const count = changes.reduce((sum, change) => sum + change.count, 0);
    tell({
      event: 'changed',
      count,
      isPartial,
      paths: paths.slice(0, namedPaths),
      ...(branch === undefined ? {} : { branch }),
    });
    const { run, build, isHotReloading } = this.commands;
    if (isHotReloading && run !== undefined && this.running?.isRunning === true) {
      tell({ event: 'unaffected', command: run.command.id, reason: 'hot-reload' });
      return;
    }
    if (!(await this.waitForLoop(paths))) return;
    if (build !== undefined) {
      if (isPartial || paths.some(needsBuild)) {
        if (!(await this.build(first.firstAt))) return;
      } else tell({ event: 'build.skipped', command: build.command.id, reason: 'patterns' });
    }
    await this.restart(first.firstAt);
  }

  /** Paths as they are told: with the project's name in front where there are several. */
  private nameOf({ root, paths }: Change): readonly string[] {
    return this.plan.roots.length === 1 ? paths : paths.map((path) => `${basename(root)}/${path}`);
  }

  /** Without what our own build wrote. */
  private withoutProducts(change: Change): Change {
    if (change.isPartial || change.firstAt < this.builtFrom || change.firstAt > this.builtUntil + afterBuildMs)
      return change;
    const paths = change.paths.filter((path) => {
      const verdict = this.products.judge(join(change.root, path));
      if (verdict === 'new-product') {
        const text = `${path} is written by the build and does not start another one; .devsteadignore can name it`;
        this.plan.tell({ event: 'note', text });
      }
      return verdict === 'source';
    });
    return { ...change, paths, count: paths.length };
  }

  /** Holds back what would restart itself for ever. False when the watching ended meanwhile. */
  private async waitForLoop(paths: readonly string[]): Promise<boolean> {
    const { waitMs, culprit } = this.guard.judge(paths, performance.now() - this.lastStartAt);
    if (waitMs === 0) return true;
    const text = `${culprit} changes right after every start; if what runs writes it, add it to .devsteadignore (waiting ${waitMs / 1000} s)`;
    this.plan.tell({ event: 'note', text });
    await delay(waitMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
    return !this.ending.signal.aborted;
  }

  /** Runs the build command to its end; true when it ended well. */
  private async build(changedAt?: number): Promise<boolean> {
    const { build } = this.commands;
    if (build === undefined) return true;
    const { tell, runtime, stdio } = this.plan;
    const command = build.command.id;
    const sinceChangeMs = changedAt === undefined ? {} : { sinceChangeMs: Date.now() - changedAt };
    tell({ event: 'build.started', command, ...sinceChangeMs });
    this.builtFrom = Date.now();
    this.builtUntil = Number.POSITIVE_INFINITY;
    this.building = new RunningCommand(runtime, build.tree, { stdio });
    const exitCode = await this.building.ended;
    this.building = undefined;
    this.builtUntil = Date.now();
    this.lastStartAt = performance.now();
    if (this.ending.signal.aborted) return false;
    tell({ event: 'build.ended', command, exitCode, durationMs: this.builtUntil - this.builtFrom });
    return exitCode === 0;
  }

  private async restart(changedAt: number): Promise<void> {
    const { run } = this.commands;
    if (run === undefined || this.ending.signal.aborted) return;
    this.plan.tell({ event: 'restart.started', command: run.command.id, sinceChangeMs: Date.now() - changedAt });
    const before = this.running;
    this.running = undefined;
    const wasForced = before === undefined ? false : await before.end(this.plan.graceMs);
    await this.start(wasForced);
  }

  private async start(wasForced = false): Promise<void> {
    const { run } = this.commands;
    if (run === undefined || this.ending.signal.aborted) return;
    const { tell, runtime, stdio } = this.plan;
    const command = run.command.id;
    const running = new RunningCommand(runtime, run.tree, { stdio });
    this.running = running;
    this.lastStartAt = performance.now();
    tell({ event: 'run.started', command, ...(wasForced ? { wasForced } : {}) });
    const isOurs = async (): Promise<boolean> =>
      this.running === running && !this.ending.signal.aborted && !(await this.isEndingWorkspace());
    running.ended.then(
      async (exitCode) => {
        if (await isOurs()) tell({ event: 'run.ended', command, exitCode });
      },
      async (error: unknown) => {
        if (await isOurs()) tell({ event: 'note', text: error instanceof Error ? error.message : String(error) });
      },
    );
  }

  /** A `stop` or `down` is at work: what runs ends with the workspace. */
  private async isEndingWorkspace(): Promise<boolean> {
    return (
      readLockOwner(this.plan.workspace.paths.lock) !== undefined ||
      !(await this.plan.runtime.observe()).isSandboxRunning
    );
  }
}

/** Changes when one of the files does; empty while the first is not there. */
function stampFiles(files: readonly string[]): string {
  const [first = '', ...rest] = files.map(stampFile);
  return first === '' ? '' : [first, ...rest].join('|');
}

/** Changes when a file is written or replaced; empty while it is not there, as editors have it for a moment. */
function stampFile(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
