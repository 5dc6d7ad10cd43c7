import { randomUUID } from 'node:crypto';
import { AppError } from '@devstead/kit';
import { Kysely, type Transaction } from 'kysely';
import { makeSqliteDialect } from './dialects/sqlite-dialect.ts';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;

/**
 * Opens the database and brings it to this format: a file of SQLite, or, for `postgres://…`, a server.
 * Throws STATE_TOO_NEW for one that a newer Devstead wrote.
 */
export async function openDatabase(place: string): Promise<Database> {
  const isPostgres = /^postgres(ql)?:/.test(place);
  const dialect = isPostgres
    ? (await import('./dialects/postgres-dialect.ts')).makePostgresDialect(place)
    : makeSqliteDialect(place);
  const database: Database = new Kysely<Tables>({ dialect });
  try {
    await migrate(database, place);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

async function migrate(database: Database, place: string): Promise<void> {
  await database.schema
    .createTable('meta')
    .ifNotExists()
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  const format = await readFormat(database);
  if (format > migrations.length) {
    throw new AppError('STATE_TOO_NEW', `the index in ${withoutPassword(place)} was written by a newer Devstead`);
  }
  if (format === migrations.length) return;
  await database.transaction().execute(async (transaction) => {
    // Two servers may start at once on one PostgreSQL: the second finds the work done.
    for (const [step, migration] of migrations.entries()) {
      if (step < (await readFormat(transaction))) continue;
      await migration(transaction);
      await writeMeta(transaction, 'format', String(step + 1));
    }
    const uuid = await readMeta(transaction, 'uuid');
    if (uuid === undefined) await writeMeta(transaction, 'uuid', randomUUID().replaceAll('-', ''));
    if ((await readMeta(transaction, 'serial')) === undefined) await writeMeta(transaction, 'serial', '0');
  });
}

async function readFormat(database: Database): Promise<number> {
  return Number((await readMeta(database, 'format')) ?? 0);
}

/** A value of the table `meta`. */
export async function readMeta(database: Database, key: string): Promise<string | undefined> {
  const row = await database.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function writeMeta(database: Database, key: string, value: string): Promise<void> {
  await database
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** The address of a database without what nobody is to read in a message. */
function withoutPassword(place: string): string {
  return place.replace(/^(postgres(?:ql)?:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
}
