import type { Database } from './open-database.ts';

/**
 * Which contents of the file store the rows of the database name. A table that names contents must be in both functions:
 * what is missing here is removed.
 */
export async function isContentUsed(database: Database, sha256: string): Promise<boolean> {
  const found = await Promise.all([
    database
      .selectFrom('files')
      .select('id')
      .where('sha256', '=', sha256)
      .where('is_deleted', '=', 0)
      .limit(1)
      .executeTakeFirst(),
    database.selectFrom('files').select('id').where('metadata_sha256', '=', sha256).limit(1).executeTakeFirst(),
    database.selectFrom('links').select('id').where('sha256', '=', sha256).limit(1).executeTakeFirst(),
    database.selectFrom('mirror_files').select('index').where('sha256', '=', sha256).limit(1).executeTakeFirst(),
  ]);
  return found.some((row) => row !== undefined);
}

export async function listUsedContents(database: Database): Promise<Set<string>> {
  const used = new Set<string>();
  const files = database.selectFrom('files').select(['sha256', 'metadata_sha256']).where('is_deleted', '=', 0);
  for (const { sha256, metadata_sha256 } of await files.execute()) used.add(sha256).add(metadata_sha256);
  for (const table of ['links', 'mirror_files'] as const) {
    for (const { sha256 } of await database.selectFrom(table).select('sha256').execute()) used.add(sha256);
  }
  return used;
}
