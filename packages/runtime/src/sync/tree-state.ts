import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WatchedPaths } from './watched-paths.ts';

/** What is to be done so that a copy of a folder is like it. Paths relative to the folder. */
export interface TreeChanges {
  /** Files and links that were written or are new. */
  readonly written: readonly string[];
  /** What is there no more; of a folder its own path alone. */
  readonly gone: readonly string[];
}

/** After so many folders other work gets its turn. */
const foldersATurn = 100;

/**
 * What a watched folder holds, as it was last seen. Single changes are looked at one by one; where some of them may have
 * been missed, as after a checkout of another branch, the whole folder is compared with what it was.
 */
export class TreeState {
  private readonly watched: WatchedPaths;
  /** What tells a file from what it was before, by its path. */
  private marks = new Map<string, string>();

  constructor(watched: WatchedPaths) {
    this.watched = watched;
  }

  /** Files and links known to be there. */
  get paths(): readonly string[] {
    return [...this.marks.keys()];
  }

  /** Looks at paths that are said to have changed, whatever they look like now. */
  look(paths: readonly string[]): TreeChanges {
    const written: string[] = [];
    const gone: string[] = [];
    for (const path of paths) {
      const mark = readMark(join(this.watched.root, path));
      if (mark === 'folder') {
        // A file was there when somebody last looked.
        if (this.marks.delete(path)) gone.push(path);
      } else if (mark !== undefined) {
        this.marks.set(path, mark);
        written.push(path);
      } else {
        gone.push(...this.forget(path));
      }
    }
    for (const path of written) this.forgetAbove(path);
    return { written, gone };
  }

  /** What a file lies in is no file any more: to be told so later would take the file with it. */
  private forgetAbove(path: string): void {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      this.marks.delete(path.slice(0, end));
  }

  /** Compares the whole folder with what it was. */
  async compare(signal?: AbortSignal): Promise<TreeChanges> {
    const before = this.marks;
    this.marks = await this.walk(signal);
    const written = [...this.marks].filter(([path, mark]) => before.get(path) !== mark).map(([path]) => path);
    const gone = [...before.keys()].filter((path) => !this.marks.has(path));
    return { written, gone };
  }

  /** What a copy is to lose: where only some files are meant, a folder that goes takes only those with it. */
  private forget(path: string): readonly string[] {
    if (this.marks.delete(path)) return [path];
    const below = [...this.marks.keys()].filter((known) => known.startsWith(`${path}/`));
    for (const known of below) this.marks.delete(known);
    return this.watched.isChosen ? below : [path];
  }

  private async walk(signal: AbortSignal | undefined): Promise<Map<string, string>> {
    const { root, ignores } = this.watched;
    const marks = new Map<string, string>();
    const open: string[][] = [[]];
    let turn = 0;
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const entry of readEntries(join(root, ...folder))) {
        const names = [...folder, entry.name];
        if (entry.name === '.git' || ignores(names, entry.isDirectory())) continue;
        if (entry.isDirectory()) {
          open.push(names);
          continue;
        }
        const mark = readMark(join(root, ...names));
        if (mark !== undefined && mark !== 'folder') marks.set(names.join('/'), mark);
      }
      turn += 1;
      if (turn % foldersATurn !== 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
    }
    return marks;
  }
}

function readEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    // It went again, or may not be read: the watcher says so.
    return [];
  }
}

/** Undefined where there is nothing that can be copied: sockets, pipes and devices are nobody's sources. */
function readMark(path: string): string | undefined {
  try {
    const stats = lstatSync(path, { bigint: true });
    if (stats.isDirectory()) return 'folder';
    if (!stats.isFile() && !stats.isSymbolicLink()) return undefined;
    return `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.mode}`;
  } catch {
    return undefined;
  }
}
