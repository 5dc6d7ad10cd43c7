import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** What mirrors keep of upstream, and what guards decided. */
export async function createMirrorTables(database: Kysely<Tables>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('mirror_pages')
    .addColumn('index', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('upstream', 'text', (column) => column.notNull())
    .addColumn('is_found', 'integer', (column) => column.notNull())
    .addColumn('content_gzip', 'text', (column) => column.notNull())
    .addColumn('etag', 'text', (column) => column.notNull())
    .addColumn('last_modified', 'text', (column) => column.notNull())
    .addColumn('serial', 'bigint', (column) => column.notNull())
    .addColumn('fetched_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('mirror_pages_key', ['index', 'project'])
    .execute();
  await schema
    .createTable('mirror_files')
    .addColumn('index', 'text', (column) => column.notNull())
    .addColumn('filename', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('size_bytes', 'bigint', (column) => column.notNull())
    .addColumn('modified_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('mirror_files_key', ['index', 'filename', 'address'])
    .execute();
  await schema.createIndex('mirror_files_of_content').on('mirror_files').column('sha256').execute();
  await schema
    .createTable('guard_decisions')
    .addColumn('index', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('filename', 'text', (column) => column.notNull())
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('first_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_ms', 'bigint', (column) => column.notNull())
    .addColumn('times', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('guard_decisions_key', ['index', 'project', 'filename', 'rule', 'outcome'])
    .execute();
}
