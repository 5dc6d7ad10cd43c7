import { join } from 'node:path';
import type { Clock } from '@devstead/kit';
import { type PasswordCost, usualPasswordCost } from '../access/password.ts';
import { type Directory, readDirectory } from './directory.ts';
import { openDiskFileStore } from './disk-file-store.ts';
import type { FileStore, SweepResult } from './file-store.ts';
import { type Database, type DatabaseTransaction, openDatabase, readMeta, writeMeta } from './open-database.ts';
import { isContentUsed, listUsedContents } from './used-contents.ts';

/** What a change touched; whoever keeps answers made from it forgets them. */
export interface Touched {
  /** Tokens were taken back, or their user's password is another. */
  readonly tokens?: true;
  /** Users, groups or indexes: everything may be different. */
  readonly directory?: true;
  readonly projects?: readonly { readonly index: string; readonly project: string }[];
}

export interface ChangeContext {
  readonly transaction: DatabaseTransaction;
  /** Says what this change touches. */
  readonly touchDirectory: () => void;
  readonly touchTokens: () => void;
  readonly touchProject: (index: string, project: string) => void;
  /** Removes contents after the transaction, those that nothing refers to any more. Empty ones are left out. */
  readonly dropContents: (sha256s: readonly string[]) => void;
}

export interface StoreSettings {
  /** The data folder. */
  readonly folder: string;
  /** `postgres://…`; absent: `index.sqlite` in the folder. */
  readonly database?: string;
  readonly clock: Clock;
  /** What hashing a password costs; tests take less. */
  readonly passwordCost?: PasswordCost;
}

/**
 * The state of an index server: its database, its contents, and the directory in memory. Every change goes through
 * `change`, one after the other, so that a content is never removed while somebody begins to refer to it.
 */
export class IndexStore {
  readonly database: Database;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly folder: string;
  readonly passwordCost: PasswordCost;
  /** Identifies this server's data for good (`X-DEVPI-UUID`). */
  readonly uuid: string;
  #directory: Directory;
  #serial: number;
  #changedMs: number;
  #last: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(touched: Touched) => void>();

  static async open(settings: StoreSettings): Promise<IndexStore> {
    const files = await openDiskFileStore(join(settings.folder, 'files'));
    const database = await openDatabase(settings.database ?? join(settings.folder, 'index.sqlite'));
    const directory = await readDirectory(database);
    const [uuid, serial, changed] = await Promise.all(
      ['uuid', 'serial', 'changed_ms'].map((key) => readMeta(database, key)),
    );
    return new IndexStore(settings, { database, files, directory, uuid, serial, changed });
  }

  private constructor(
    settings: StoreSettings,
    parts: {
      readonly database: Database;
      readonly files: FileStore;
      readonly directory: Directory;
      readonly uuid: string | undefined;
      readonly serial: string | undefined;
      readonly changed: string | undefined;
    },
  ) {
    this.clock = settings.clock;
    this.folder = settings.folder;
    this.passwordCost = settings.passwordCost ?? usualPasswordCost;
    this.database = parts.database;
    this.files = parts.files;
    this.#directory = parts.directory;
    this.uuid = parts.uuid ?? '';
    this.#serial = Number(parts.serial ?? 0);
    this.#changedMs = Number(parts.changed ?? settings.clock.now());
  }

  /** As of the last change. */
  get directory(): Directory {
    return this.#directory;
  }

  /** Grows by one with each change. */
  get serial(): number {
    return this.#serial;
  }

  /** When the last change was made, in milliseconds since 1970. */
  get changedMs(): number {
    return this.#changedMs;
  }

  /** Calls `listener` after each change, ours or another process's. Returns what ends that. */
  onChange(listener: (touched: Touched) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes the database: all of `work` or, when it throws, nothing. */
  change<Result>(work: (context: ChangeContext) => Promise<Result>): Promise<Result> {
    const next = this.#last.then(() => this.#change(work));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #change<Result>(work: (context: ChangeContext) => Promise<Result>): Promise<Result> {
    let isDirectory = false;
    let isTokens = false;
    const projects: { index: string; project: string }[] = [];
    const dropped = new Set<string>();
    const changedMs = this.clock.now();
    const { result, serial } = await this.database.transaction().execute(async (transaction) => {
      const done = await work({
        transaction,
        touchDirectory: () => {
          isDirectory = true;
        },
        touchTokens: () => {
          isTokens = true;
        },
        touchProject: (index, project) => projects.push({ index, project }),
        dropContents: (sha256s) => {
          for (const sha256 of sha256s) if (sha256 !== '') dropped.add(sha256);
        },
      });
      const next = Number((await readMeta(transaction, 'serial')) ?? 0) + 1;
      await writeMeta(transaction, 'serial', String(next));
      await writeMeta(transaction, 'changed_ms', String(changedMs));
      return { result: done, serial: next };
    });
    // Another process has changed something in between when the serial grew by more than one.
    if (isDirectory || serial !== this.#serial + 1) this.#directory = await readDirectory(this.database);
    const isAlone = serial === this.#serial + 1;
    this.#serial = serial;
    this.#changedMs = changedMs;
    this.announce({
      ...(isDirectory || !isAlone ? { directory: true } : {}),
      ...(isTokens ? { tokens: true } : {}),
      projects,
    });
    // Nothing else changes now, so nobody can begin to refer to one of them.
    for (const sha256 of dropped) {
      if (!(await isContentUsed(this.database, sha256))) await this.files.remove(sha256);
    }
    return result;
  }

  /** Takes over what another process changed, for example a password set on the command line. */
  refresh(): Promise<void> {
    const next = this.#last.then(async () => {
      const serial = Number((await readMeta(this.database, 'serial')) ?? 0);
      if (serial === this.#serial) return;
      this.#directory = await readDirectory(this.database);
      this.#serial = serial;
      this.#changedMs = Number((await readMeta(this.database, 'changed_ms')) ?? this.#changedMs);
      this.announce({ directory: true });
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Has whoever keeps answers forget them, without a change of the database: upstream has said something new. */
  announce(touched: Touched): void {
    for (const listener of this.#listeners) listener(touched);
  }

  /** Removes what an earlier end left: half-written contents and those that no row names. Only while nobody else uses the folder. */
  async sweep(): Promise<SweepResult> {
    const used = await listUsedContents(this.database);
    const result = await this.files.sweep((sha256) => used.has(sha256));
    await this.database
      .deleteFrom('tokens')
      .where('expires_ms', '>', 0)
      .where('expires_ms', '<', this.clock.now())
      .execute();
    return result;
  }

  /** Waits for changes under way and closes the database. */
  async close(): Promise<void> {
    await this.#last;
    await this.database.destroy();
  }
}
