import { lstatSync } from 'node:fs';
import { findGitFolder, type GitFolder, readBranch, readLockAge } from './git-folder.ts';
import { makeIgnorePolicy, type PathJudge, readIgnorePolicy } from './ignore-policy.ts';
import { type ChangeKind, TreeWatcher } from './tree-watcher.ts';

/** What changed, from the first event until nothing came any more. */
export interface ChangeBatch {
  /** Paths relative to the project, in the order they were seen; the first ones of very many. */
  readonly paths: readonly string[];
  /** How many paths changed; a lower bound where `isPartial`. */
  readonly count: number;
  readonly isPartial: boolean;
  /** Milliseconds since 1970 at which the first change was seen. */
  readonly firstAt: number;
  /** Present when another branch was checked out meanwhile. */
  readonly branch?: { readonly from: string; readonly to: string };
}

export interface ProjectWatcherOptions {
  /** Real path of the project's folder. */
  readonly root: string;
  /** Further rules, as in an ignore file; they win over the project's own. */
  readonly patterns?: readonly string[];
  /** Absolute paths below the root that are never watched. */
  readonly excluded?: readonly string[];
  /** Says alone what is not watched: no file of the project is asked, and `patterns` and `excluded` do not count. */
  readonly ignores?: PathJudge;
  /** How long nothing must have changed for a batch to be whole. Default: 20 ms. */
  readonly quietMs?: number;
  readonly onBatch: (batch: ChangeBatch) => void;
  /** What somebody should know: rules that were read again, a part that is not watched. */
  readonly onNote: (note: string) => void;
}

const defaultQuietMs = 20;
/** From so many paths on it is no longer a person who saves: checkouts and generators pause longer between files. */
const burst = { paths: 100, quietMs: 150 } as const;
/** A file that is written again and again does not hold a batch up for longer. */
const longestNoiseMs = 300;
const longestBatchMs = 60_000;
const keptPaths = 10_000;
/** Git that was killed leaves its lock: one this old, with nothing happening for a while, holds nothing up. */
const lock = { lookEveryMs: 10, staleMs: 10_000, quietMs: 2000 } as const;

interface PathChange {
  /** How often it came or went. */
  readonly flips: number;
  readonly isGone: boolean;
}

/** What was not there before and is not there now: the file that an editor writes first and then gives the real name. */
function isPassing({ flips, isGone }: PathChange): boolean {
  return isGone && flips % 2 === 0;
}

/**
 * Watches a project and tells of changes in batches: what one save, one checkout or one formatter does is one batch.
 * While Git has the index locked, because it is changing the work tree, a batch is not whole.
 */
export class ProjectWatcher {
  private readonly options: ProjectWatcherOptions;
  private readonly git: GitFolder | undefined;
  private tree: TreeWatcher | undefined;
  private pending = new Map<string, PathChange>();
  private isPartial = false;
  private firstAt = 0;
  /** By the monotonic clock. */
  private begunAt = 0;
  private lastNewsAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private branch: string | undefined;
  private rulesChanged: string | undefined;
  private isClosed = false;
  private hasToldLock = false;

  private constructor(options: ProjectWatcherOptions) {
    this.options = options;
    this.git = findGitFolder(options.root);
    this.branch = this.git === undefined ? undefined : readBranch(this.git);
  }

  /** Begins to watch. Throws MACHINE_LACKS when the kernel's inotify limits are too low. */
  static async open(options: ProjectWatcherOptions, signal?: AbortSignal): Promise<ProjectWatcher> {
    const watcher = new ProjectWatcher(options);
    watcher.tree = await watcher.openTree(signal);
    return watcher;
  }

  /** Folders watched now: so many inotify watches are in use. */
  get folderCount(): number {
    return this.tree?.folderCount ?? 0;
  }

  /** The project's folder is still there. */
  get isThere(): boolean {
    return lstatSync(this.options.root, { throwIfNoEntry: false })?.isDirectory() === true;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.tree?.close();
  }

  private openTree(signal?: AbortSignal): Promise<TreeWatcher> {
    const { root, patterns = [], excluded = [], ignores, onNote } = this.options;
    return TreeWatcher.open(
      {
        root,
        policy: ignores === undefined ? readIgnorePolicy(root, { patterns, excluded }) : makeIgnorePolicy(ignores),
        isKnown: (path) => this.pending.has(path),
        onChange: (path, kind) => this.readChange(path, kind),
        onNoise: () => this.readNoise(),
        onRules: (path) => {
          this.rulesChanged = path;
          this.begin();
        },
        onProblem: onNote,
      },
      signal,
    );
  }

  private readChange(path: string, kind: ChangeKind): void {
    const known = this.pending.get(path);
    const flips = (known?.flips ?? 0) + (kind === 'written' ? 0 : 1);
    if (known !== undefined || this.pending.size < keptPaths)
      this.pending.set(path, { flips, isGone: kind === 'went' });
    else this.isPartial = true;
    if (known !== undefined) return this.readNoise();
    this.lastNewsAt = performance.now();
    this.begin();
  }

  /** What is being written again: a large file, or one that never rests. */
  private readNoise(): void {
    const now = performance.now();
    if (now - this.begunAt < longestNoiseMs) this.lastNewsAt = now;
    this.begin();
  }

  private begin(): void {
    if (this.timer !== undefined || this.isClosed) return;
    this.firstAt = Date.now();
    this.begunAt = performance.now();
    this.lastNewsAt = this.begunAt;
    this.waitFor(this.quietMs());
  }

  private quietMs(): number {
    return this.pending.size < burst.paths ? (this.options.quietMs ?? defaultQuietMs) : burst.quietMs;
  }

  private waitFor(ms: number): void {
    this.timer = setTimeout(() => void this.look(), ms);
  }

  /** Is the batch whole? */
  private async look(): Promise<void> {
    if (this.isClosed) return;
    const now = performance.now();
    const quietFor = now - this.lastNewsAt;
    const isLong = now - this.begunAt > longestBatchMs;
    const missingMs = this.quietMs() - quietFor;
    if (missingMs > 0.5 && !isLong) return this.waitFor(missingMs);
    if (this.tree?.isScanning === true || this.isLocked(quietFor)) return this.waitFor(lock.lookEveryMs);
    if (this.pending.size >= burst.paths) await this.tree?.catchUp();
    if (this.rulesChanged !== undefined) await this.readRulesAgain(this.rulesChanged);
    if (!this.isClosed) this.end();
  }

  private isLocked(quietFor: number): boolean {
    const age = this.git === undefined ? undefined : readLockAge(this.git, Date.now());
    if (age === undefined) {
      this.hasToldLock = false;
      return false;
    }
    const isStale = age > lock.staleMs && quietFor > lock.quietMs;
    if (isStale && !this.hasToldLock) {
      this.hasToldLock = true;
      const seconds = Math.round(age / 1000);
      this.options.onNote(
        `${this.git?.folder}/index.lock is ${seconds} s old; if no git is at work, remove it: changes wait for it`,
      );
    }
    return !isStale;
  }

  private async readRulesAgain(path: string): Promise<void> {
    this.rulesChanged = undefined;
    const before = this.tree;
    try {
      // The new tree watches before the old one ends: nothing falls between the two.
      this.tree = await this.openTree();
    } catch (error) {
      this.options.onNote(`${path} changed, but: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    before?.close();
    if (this.isClosed) this.tree.close();
    else this.options.onNote(`${path} changed: ${this.folderCount} folders are watched now`);
  }

  private end(): void {
    const { pending, isPartial, firstAt } = this;
    this.pending = new Map();
    this.isPartial = false;
    this.timer = undefined;
    const branch = this.git === undefined ? undefined : readBranch(this.git);
    const from = this.branch;
    this.branch = branch;
    const paths = [...pending].filter(([, change]) => !isPassing(change)).map(([path]) => path);
    if (paths.length === 0) return;
    const hasSwitched = from !== undefined && branch !== undefined && from !== branch;
    this.options.onBatch({
      paths,
      count: paths.length,
      isPartial,
      firstAt,
      ...(hasSwitched ? { branch: { from, to: branch } } : {}),
    });
  }
}
