import { type Dirent, lstatSync, readdirSync, type Stats, watch } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addFolderRules, type IgnorePolicy, isIgnored } from './ignore-policy.ts';
import { describeWatchLimit, isWatchLimit } from './watch-limit.ts';
import { WatchedFolder } from './watched-folder.ts';

/** `written` says nothing about whether it was there before. */
export type ChangeKind = 'written' | 'came' | 'went';

export interface TreeWatcherOptions {
  /** Real path of the folder watched with all below it. Symbolic links are not followed. */
  readonly root: string;
  readonly policy: IgnorePolicy;
  /** Is it already known that this path changed? Then it is not looked at again. */
  readonly isKnown: (path: string) => boolean;
  /** A file was written, came or went. The path is relative to the root. */
  readonly onChange: (path: string, kind: ChangeKind) => void;
  /** Something that is known to have changed changed again, or something that is not watched. */
  readonly onNoise: (path: string) => void;
  /** A file that says what is ignored changed. */
  readonly onRules: (path: string) => void;
  /** Part of the tree is not watched, and why. */
  readonly onProblem: (problem: string) => void;
}

/** After so many folders other work gets its turn. */
const foldersATurn = 200;
/** The kernel drops events beyond 16,384 that were not read yet (inotify(7), `max_queued_events`), without telling Node. */
const eventsUntilRescan = 4000;

/**
 * Watches a folder with everything below it: one inotify watch for each folder that is not ignored and none for files.
 * A folder that appears is watched first and read then, so that files made in it at once are seen.
 */
export class TreeWatcher {
  private readonly options: TreeWatcherOptions;
  private readonly root: WatchedFolder;
  private count = 0;
  private scans = 0;
  private eventCount = 0;
  private problems = new Set<string>();

  private constructor(options: TreeWatcherOptions) {
    this.options = options;
    this.root = this.makeFolder('', undefined, options.root);
  }

  /** Begins to watch; what is there already is not reported. Throws MACHINE_LACKS when the kernel gives no more watches. */
  static async open(options: TreeWatcherOptions, signal?: AbortSignal): Promise<TreeWatcher> {
    const watcher = new TreeWatcher(options);
    try {
      await watcher.scan([watcher.root], { isReported: false, signal });
    } catch (error) {
      watcher.close();
      if (isWatchLimit(error)) throw describeWatchLimit(error, countFolders(options));
      throw error;
    }
    return watcher;
  }

  /** Folders watched now. */
  get folderCount(): number {
    return this.count;
  }

  /** New folders are still being looked through. */
  get isScanning(): boolean {
    return this.scans > 0;
  }

  close(): void {
    this.count -= this.root.close();
  }

  /** After very many events some may have been lost: looks for folders that are not watched yet. */
  async catchUp(): Promise<void> {
    if (this.eventCount < eventsUntilRescan) return;
    this.eventCount = 0;
    await this.scanQuietly([...this.root.all()], false);
  }

  private makeFolder(name: string, parent: WatchedFolder | undefined, path: string): WatchedFolder {
    const { policy } = this.options;
    const depth = policy.prefix.length + (parent === undefined ? 0 : parent.names.length + 1);
    return new WatchedFolder(name, parent, addFolderRules(policy, parent?.chain ?? policy.chain, path, depth));
  }

  private async scan(
    start: readonly WatchedFolder[],
    { isReported, signal }: { readonly isReported: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<void> {
    const open = [...start];
    let turn = 0;
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      if (folder.isClosed) continue;
      this.readFolder(folder, isReported, open);
      turn += 1;
      if (turn % foldersATurn !== 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  /** Watches a folder, where that was not done yet, and reads it; folders in it that are not watched come to `open`. */
  private readFolder(folder: WatchedFolder, isReported: boolean, open: WatchedFolder[]): void {
    const names = folder.names;
    const path = join(this.options.root, ...names);
    if (folder.watcher === undefined && !this.beginWatching(folder, path)) return;
    for (const entry of this.readEntries(folder, path)) {
      const below = [...names, entry.name];
      if (!entry.isDirectory()) {
        if (isReported && isContent(entry) && !this.ignores(folder, below, false))
          this.report(below.join('/'), 'written');
        continue;
      }
      const found = join(path, entry.name);
      if (folder.find(entry.name) !== undefined || this.options.policy.excluded.has(found)) continue;
      if (this.ignores(folder, below, true)) continue;
      const inner = this.makeFolder(entry.name, folder, found);
      folder.add(inner);
      open.push(inner);
    }
  }

  private beginWatching(folder: WatchedFolder, path: string): boolean {
    try {
      folder.watcher = watch(path, (type, name) => this.readEvent(folder, type, name));
    } catch (error) {
      folder.close();
      if (isWatchLimit(error)) throw error;
      this.readError(error, path);
      return false;
    }
    folder.watcher.on('error', (error) => this.readError(error, path));
    this.count += 1;
    return true;
  }

  private readEntries(folder: WatchedFolder, path: string): Dirent[] {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch (error) {
      this.count -= folder.close();
      this.readError(error, path);
      return [];
    }
  }

  private readError(error: unknown, path: string): void {
    const { code } = error as NodeJS.ErrnoException;
    // It went again before it could be looked at.
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    if (code === 'EACCES' || code === 'EPERM') this.tellProblem(`${path} may not be read and is not watched`);
    else throw error;
  }

  private tellProblem(problem: string): void {
    // A repository with thousands of such folders is not told of each.
    if (this.problems.has(problem) || this.problems.size >= 20) return;
    this.problems.add(problem);
    this.options.onProblem(problem);
  }

  private ignores(folder: WatchedFolder, names: readonly string[], isFolder: boolean): boolean {
    return isIgnored(this.options.policy, folder.chain, names, isFolder);
  }

  private report(path: string, kind: ChangeKind): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const { fileName } = this.options.policy;
    if (fileName !== undefined && (name === fileName || path === '.devsteadignore' || path === '.odoignore'))
      this.options.onRules(path);
    else this.options.onChange(path, kind);
  }

  private readEvent(folder: WatchedFolder, type: string, name: string | null): void {
    if (folder.isClosed || name === null) return;
    this.eventCount += 1;
    const names = [...folder.names, name];
    const path = names.join('/');
    if (type === 'change' && this.options.isKnown(path)) {
      this.options.onNoise(path);
      return;
    }
    const full = join(this.options.root, path);
    const stats = lookAt(full);
    const known = folder.find(name);
    if (stats === undefined) {
      if (type === 'change') return;
      this.readRemoval(folder, known, names);
    } else if (stats.isDirectory()) {
      if (type !== 'change') this.readNewFolder(folder, known, names, full);
    } else {
      if (known !== undefined) this.count -= known.close();
      if (isContent(stats) && !this.ignores(folder, names, false))
        this.report(path, type === 'change' ? 'written' : 'came');
    }
  }

  private readRemoval(folder: WatchedFolder, known: WatchedFolder | undefined, names: readonly string[]): void {
    if (known !== undefined) {
      this.count -= known.close();
      this.options.onChange(names.join('/'), 'written');
      return;
    }
    // A folder that goes is told by its own watch too, with its own name; what is above it tells the same.
    const isOwn = names.at(-1) === folder.name && lookAt(join(this.options.root, ...names.slice(0, -1))) === undefined;
    // Whether it was a file or a folder cannot be known any more: either way of being ignored counts.
    if (isOwn || this.ignores(folder, names, false) || this.ignores(folder, names, true)) return;
    this.report(names.join('/'), 'went');
  }

  private readNewFolder(
    folder: WatchedFolder,
    known: WatchedFolder | undefined,
    names: readonly string[],
    path: string,
  ): void {
    // Of the same name, it may be another folder than the one that was watched.
    if (known !== undefined) this.count -= known.close();
    if (this.options.policy.excluded.has(path) || this.ignores(folder, names, true)) return;
    const inner = this.makeFolder(names.at(-1) ?? '', folder, path);
    folder.add(inner);
    void this.scanQuietly([inner], true);
  }

  /** While watching is under way, a limit that is reached is told and what is watched goes on. */
  private async scanQuietly(start: readonly WatchedFolder[], isReported: boolean): Promise<void> {
    this.scans += 1;
    try {
      await this.scan(start, { isReported });
    } catch (error) {
      if (!isWatchLimit(error)) throw error;
      const limit = describeWatchLimit(error, this.count + 1);
      this.tellProblem(`${limit.message}; new folders are not watched. ${limit.hint}`);
    } finally {
      this.scans -= 1;
    }
  }
}

/** Files and symbolic links; sockets, pipes and devices are nobody's sources. */
function isContent(entry: Dirent | Stats): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** How many folders there are to watch: what the limit must allow. */
function countFolders({ root, policy }: TreeWatcherOptions): number {
  const deadline = performance.now() + 5000;
  const open = [{ names: [] as string[], chain: addFolderRules(policy, policy.chain, root, policy.prefix.length) }];
  let count = 0;
  for (let folder = open.pop(); folder !== undefined && performance.now() < deadline; folder = open.pop()) {
    count += 1;
    let entries: Dirent[] = [];
    try {
      entries = readdirSync(join(root, ...folder.names), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      const names = [...folder.names, entry.name];
      const path = join(root, ...names);
      if (!entry.isDirectory() || policy.excluded.has(path) || isIgnored(policy, folder.chain, names, true)) continue;
      const depth = policy.prefix.length + names.length;
      open.push({ names, chain: addFolderRules(policy, folder.chain, path, depth) });
    }
  }
  return count;
}
