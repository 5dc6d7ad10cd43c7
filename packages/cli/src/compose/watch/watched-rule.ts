import type { WatchRule } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { Runtime } from '@devstead/runtime';
import { findWatchedPaths, syncInto, type TreeChanges, TreeState, type WatchedPaths } from '@devstead/runtime/sync';
import { type ChangeBatch, ProjectWatcher } from '@devstead/runtime/watch';
import type { WatchedService } from './find-watched-services.ts';

/** From so many paths at once on the whole folder is compared: the kernel may have dropped some. */
const burstPaths = 1000;

/** What happened below a rule's path, until it is dealt with. */
export interface RuleChange {
  readonly paths: readonly string[];
  /** Some may be missing among the paths. */
  readonly isPartial: boolean;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly branch?: ChangeBatch['branch'];
}

/** One rule of `develop.watch` at work: what is watched, what it holds, and what containers do not have yet. */
export class WatchedRule {
  readonly service: WatchedService;
  readonly rule: WatchRule;
  private watched: WatchedPaths | undefined;
  private watcher: ProjectWatcher | undefined;
  private state: TreeState | undefined;
  private queue: RuleChange[] = [];
  /** What has changed since the watching began. */
  private readonly touched = new Set<string>();
  /** What no container could be given yet. */
  private owed: RuleChange | undefined;
  /** The service's own user may not write there. */
  private needsRoot = false;

  constructor(service: WatchedService, rule: WatchRule) {
    this.service = service;
    this.rule = rule;
  }

  get syncs(): boolean {
    return this.rule.action.startsWith('sync');
  }

  get folderCount(): number {
    return this.watcher?.folderCount ?? 0;
  }

  get isOpen(): boolean {
    return this.watcher !== undefined;
  }

  get hasNews(): boolean {
    return this.queue.length > 0;
  }

  /** Begins to watch, once there is something at the path: false until then. Throws MACHINE_LACKS. */
  async open(onNews: () => void, onNote: (text: string) => void, signal: AbortSignal): Promise<boolean> {
    const watched = findWatchedPaths(this.rule, this.service.build);
    if (watched === undefined) return false;
    for (const mistake of watched.mistakes) onNote(`${this.rule.path}: ${mistake}; the pattern is passed over`);
    this.watched = watched;
    this.watcher = await ProjectWatcher.open(
      {
        root: watched.root,
        ignores: watched.ignores,
        onNote,
        onBatch: (batch) => {
          this.queue.push({ ...batch, isPartial: batch.isPartial || batch.count >= burstPaths });
          onNews();
        },
      },
      signal,
    );
    if (!this.syncs) return true;
    this.state = new TreeState(watched);
    // What changes meanwhile is told by the watcher as well.
    await this.state.compare(signal);
    return true;
  }

  close(): void {
    this.watcher?.close();
  }

  /** Takes what happened so far, with what is owed. Undefined: nothing happened. */
  take(): RuleChange | undefined {
    if (!this.hasNews) return undefined;
    const owed = this.takeOwed();
    const [first, ...others] = [...(owed === undefined ? [] : [owed]), ...this.queue.splice(0)];
    if (first === undefined) return undefined;
    const branch = [first, ...others].findLast((change) => change.branch !== undefined)?.branch;
    return {
      paths: [...new Set([first, ...others].flatMap(({ paths }) => paths))],
      isPartial: [first, ...others].some(({ isPartial }) => isPartial),
      firstAt: first.firstAt,
      ...(branch === undefined ? {} : { branch }),
    };
  }

  /** Keeps a change that no container could be given: it comes with the next one, or when a container runs again. */
  owe(change: RuleChange): void {
    const { owed = change } = this;
    this.owed = { ...owed, paths: [...new Set([...owed.paths, ...change.paths])] };
  }

  takeOwed(): RuleChange | undefined {
    const { owed } = this;
    this.owed = undefined;
    return owed;
  }

  /** What containers are to be told of a change. */
  async resolve(change: RuleChange, signal: AbortSignal): Promise<TreeChanges> {
    if (this.state === undefined) return { written: [], gone: [] };
    const isWhole = change.isPartial || change.branch !== undefined;
    const seen = this.state.look(change.paths);
    const rest = isWhole ? await this.state.compare(signal) : { written: [], gone: [] };
    const changes = {
      written: [...new Set([...seen.written, ...rest.written])],
      gone: [...new Set([...seen.gone, ...rest.gone])].filter((path) => !rest.written.includes(path)),
    };
    for (const path of [...changes.written, ...changes.gone]) this.touched.add(path);
    return changes;
  }

  /** Everything there is, for a container that has none of it. */
  listAll(): TreeChanges {
    return { written: this.state?.paths ?? [], gone: [] };
  }

  /** What a container that was made anew is without: all, or where nothing is brought in at first, what changed since. */
  listOwed(): TreeChanges {
    const touched = this.state?.look([...this.touched]) ?? { written: [], gone: [] };
    return this.rule.initialSync ? { ...this.listAll(), gone: touched.gone } : touched;
  }

  /** Throws COPY_FAILED, WORKSPACE_NOT_RUNNING. */
  async sync(
    runtime: Runtime,
    container: string,
    changes: TreeChanges,
    options: { readonly keepsTimes: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const { target } = this.rule;
    const { watched } = this;
    if (watched === undefined || target === undefined)
      throw new AppError('INTERNAL', `${this.rule.path} is not watched`);
    const into = { container, path: target };
    const owner = (await runtime.observe()).containers[container]?.spec?.user;
    if (!this.needsRoot) {
      try {
        return await syncInto(runtime, watched, into, changes, options);
      } catch (error) {
        if (options.signal.aborted || owner === undefined) throw error;
        // A folder that the image's user may not write is no reason to leave it as it is.
        this.needsRoot = true;
      }
    }
    await syncInto(runtime, watched, into, changes, owner === undefined ? options : { ...options, owner });
  }
}
