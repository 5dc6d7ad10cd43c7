import type { Database } from '../../store/open-database.ts';
import type { FileTable } from '../../store/tables.ts';

export type StoredFile = Omit<FileTable, 'id'>;

/** The newest file of a stage at an address, one that was removed too; `undefined` when there never was one. */
export async function findStoredFile(
  database: Database,
  index: string,
  filename: string,
  digestPrefix: string | undefined,
): Promise<StoredFile | undefined> {
  let query = database.selectFrom('files').selectAll().where('index', '=', index).where('filename', '=', filename);
  if (digestPrefix !== undefined) {
    if (!/^[0-9a-f]+$/.test(digestPrefix)) return undefined;
    query = query.where('sha256', 'like', `${digestPrefix}%`);
  }
  return query.orderBy('is_deleted').orderBy('id', 'desc').limit(1).executeTakeFirst();
}
