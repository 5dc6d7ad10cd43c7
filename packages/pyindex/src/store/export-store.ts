import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { SqliteAdapter, sql } from 'kysely';
import type { IndexStore } from './index-store.ts';
import { type Database, openDatabase, writeMeta } from './open-database.ts';
import type { Tables } from './tables.ts';
import { listUsedContents } from './used-contents.ts';

export interface ExportOptions {
  /** A folder that is not there yet. */
  readonly target: string;
  /** Without pages and files of mirrors, which can be had again. */
  readonly isWithoutMirrored: boolean;
  readonly onProgress?: (files: number, of: number) => void;
  readonly signal?: AbortSignal;
}

export interface ExportResult {
  readonly files: number;
  readonly bytes: number;
  readonly serial: number;
}

const mostTries = 5;
const rowsAtOnce = 500;

/**
 * Writes all data to a new folder that can be served itself: a SQLite database, whatever the store has, and the contents
 * it names. The server may run and change things meanwhile: the copy is as of one moment. A folder is there when it is
 * complete, and not before.
 */
export async function exportStore(store: IndexStore, options: ExportOptions): Promise<ExportResult> {
  const { target } = options;
  if (await isThere(target)) {
    throw new AppError('USAGE', `${target} exists already`, { hint: 'Name a folder that is not there yet.' });
  }
  const partial = join(dirname(target), `.${basename(target)}.partial-${process.pid}`);
  try {
    for (let tries = 1; ; tries += 1) {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true, mode: 0o700 });
      const result = await writeCopy(store, partial, options);
      if (result !== undefined) {
        await rename(partial, target);
        return result;
      }
      // Something was removed after the database was copied: the next copy does not name it.
      if (tries === mostTries) throw new Error('the index changes faster than it can be copied');
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function writeCopy(store: IndexStore, folder: string, options: ExportOptions): Promise<ExportResult | undefined> {
  const path = join(folder, 'index.sqlite');
  await copyDatabase(store.database, path);
  const copy = await openDatabase(path);
  try {
    if (options.isWithoutMirrored) {
      for (const table of ['mirror_pages', 'mirror_files'] as const) await copy.deleteFrom(table).execute();
    }
    const contents = [...(await listUsedContents(copy))].filter(Boolean);
    let bytes = 0;
    for (const [done, sha256] of contents.entries()) {
      options.signal?.throwIfAborted();
      const from = store.files.pathOf(sha256);
      const to = join(folder, 'files', sha256.slice(0, 2), sha256);
      if (from === undefined || !(await copyContent(from, to))) return undefined;
      bytes += (await stat(to)).size;
      options.onProgress?.(done + 1, contents.length);
    }
    return { files: contents.length, bytes, serial: store.serial };
  } finally {
    await copy.destroy();
  }
}

/** False when it is not there any more. Copies share their blocks where the file system can do that. */
async function copyContent(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Every table with the columns that put its rows in an order. */
const tables: readonly (readonly [name: keyof Tables, order: readonly string[]])[] = [
  ['users', ['name']],
  ['groups', ['name']],
  ['tokens', ['id']],
  ['indexes', ['user', 'name']],
  ['projects', ['index', 'name']],
  ['releases', ['index', 'project', 'version']],
  ['files', ['id']],
  ['links', ['id']],
  ['mirror_pages', ['index', 'project']],
  ['mirror_files', ['index', 'filename', 'address']],
  ['guard_decisions', ['index', 'project', 'filename', 'rule', 'outcome']],
];

async function copyDatabase(database: Database, path: string): Promise<void> {
  if (database.getExecutor().adapter instanceof SqliteAdapter) {
    await sql`vacuum into ${path}`.execute(database);
    return;
  }
  const copy = await openDatabase(path);
  try {
    await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (transaction) => {
        for (const [name, order] of tables) {
          for (let offset = 0; ; offset += rowsAtOnce) {
            const columns = sql.join(order.map((column) => sql.ref(column)));
            const { rows } = await sql<Record<string, unknown>>`
              select * from ${sql.table(name)} order by ${columns} limit ${rowsAtOnce} offset ${offset}`.execute(
              transaction,
            );
            if (rows.length > 0)
              await copy
                .insertInto(name)
                .values(rows as never)
                .execute();
            if (rows.length < rowsAtOnce) break;
          }
        }
        const meta = await transaction.selectFrom('meta').selectAll().execute();
        for (const { key, value } of meta) if (key !== 'format') await writeMeta(copy, key, value);
      });
  } finally {
    await copy.destroy();
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
