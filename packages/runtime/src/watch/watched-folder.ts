import type { FSWatcher } from 'node:fs';
import type { IgnoreChain } from './ignore-rules.ts';

/** One folder that is watched. Its path is told by its parents, so that a hundred thousand files cost little memory. */
export class WatchedFolder {
  readonly name: string;
  readonly parent: WatchedFolder | undefined;
  readonly chain: IgnoreChain;
  watcher: FSWatcher | undefined;
  isClosed = false;
  private folders: Map<string, WatchedFolder> | undefined;

  constructor(name: string, parent: WatchedFolder | undefined, chain: IgnoreChain) {
    this.name = name;
    this.parent = parent;
    this.chain = chain;
  }

  /** Names from the root down to this folder; none for the root. */
  get names(): string[] {
    return this.parent === undefined ? [] : [...this.parent.names, this.name];
  }

  find(name: string): WatchedFolder | undefined {
    return this.folders?.get(name);
  }

  add(folder: WatchedFolder): void {
    this.folders ??= new Map();
    this.folders.set(folder.name, folder);
  }

  /** Ends the watching of this folder and of all below it; returns how many those were. */
  close(): number {
    let count = 0;
    const open: WatchedFolder[] = [this];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      if (folder.isClosed) continue;
      folder.isClosed = true;
      folder.watcher?.close();
      count += 1;
      open.push(...(folder.folders?.values() ?? []));
      folder.folders = undefined;
    }
    this.parent?.forget(this);
    return count;
  }

  private forget(folder: WatchedFolder): void {
    if (this.folders?.get(folder.name) === folder) this.folders.delete(folder.name);
  }

  /** This folder and all below it. */
  *all(): Generator<WatchedFolder> {
    yield this;
    for (const folder of this.folders?.values() ?? []) yield* folder.all();
  }
}
