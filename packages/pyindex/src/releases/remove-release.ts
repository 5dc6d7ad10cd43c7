import { Refusal } from '../refusal.ts';
import type { ChangeContext } from '../store/index-store.ts';
import type { FileTable } from '../store/tables.ts';

type StoredFile = Pick<FileTable, 'index' | 'project' | 'version' | 'filename' | 'sha256' | 'metadata_sha256'>;

/** Removes a project with all versions from a stage, within a change. Throws a `Refusal` (`missing`). */
export async function removeProject(context: ChangeContext, index: string, project: string): Promise<void> {
  const { transaction } = context;
  const place = (await transaction
    .selectFrom('projects')
    .select('name')
    .where('index', '=', index)
    .where('name', '=', project)
    .executeTakeFirst()) as { name: string } | undefined;
  if (place === undefined) throw new Refusal('missing', 'project not found');
  await removeFiles(context, index, project);
  await transaction.deleteFrom('releases').where('index', '=', index).where('project', '=', project).execute();
  await transaction.deleteFrom('projects').where('index', '=', index).where('name', '=', project).execute();
  context.touchProject(index, project);
}

/**
 * Removes a version from a stage, within a change. The project itself stays while it has other versions, or when it was
 * only registered. Throws a `Refusal` (`missing`).
 */
export async function removeVersion(
  context: ChangeContext,
  index: string,
  project: string,
  version: string,
): Promise<void> {
  const { transaction } = context;
  const releases = await transaction
    .selectFrom('releases')
    .select('version')
    .where('index', '=', index)
    .where('project', '=', project)
    .execute();
  if (releases.length === 0) throw new Refusal('missing', `project '${project}' not found on stage '${index}'`);
  if (!releases.some((release) => release.version === version)) {
    throw new Refusal('missing', `version '${version}' of project '${project}' not found on stage '${index}'`);
  }
  await removeFiles(context, index, project, version);
  await transaction
    .deleteFrom('releases')
    .where('index', '=', index)
    .where('project', '=', project)
    .where('version', '=', version)
    .execute();
  if (releases.length === 1) {
    await transaction.deleteFrom('projects').where('index', '=', index).where('name', '=', project).execute();
  }
  context.touchProject(index, project);
}

/** Removes one file, and what is about it, within a change. Throws a `Refusal` (`gone`) when it was removed before. */
export async function removeFile(context: ChangeContext, file: StoredFile): Promise<void> {
  const { transaction } = context;
  const { index, project, version, filename, sha256 } = file;
  const removed = await transaction
    .updateTable('files')
    .set({ is_deleted: 1, metadata_sha256: '' })
    .where('index', '=', index)
    .where('filename', '=', filename)
    .where('sha256', '=', sha256)
    .where('is_deleted', '=', 0)
    .executeTakeFirst();
  if (removed.numUpdatedRows === 0n) throw new Refusal('gone', `file '${filename}' existed, deleted in later serial`);
  const links = await transaction
    .deleteFrom('links')
    .where('index', '=', index)
    .where('project', '=', project)
    .where('for_filename', '=', filename)
    .returning('sha256')
    .execute();
  context.dropContents([sha256, file.metadata_sha256, ...links.map((link) => link.sha256)]);
  const left = await transaction
    .selectFrom('files')
    .select('id')
    .where('index', '=', index)
    .where('project', '=', project)
    .where('version', '=', version)
    .where('is_deleted', '=', 0)
    .limit(1)
    .executeTakeFirst();
  if (left === undefined) await removeEmptyVersion(context, file);
  context.touchProject(index, project);
}

/** A version whose last file is gone goes too, as devpi has it; a documentation keeps it. */
async function removeEmptyVersion(context: ChangeContext, { index, project, version }: StoredFile): Promise<void> {
  const link = await context.transaction
    .selectFrom('links')
    .select('id')
    .where('index', '=', index)
    .where('project', '=', project)
    .where('version', '=', version)
    .limit(1)
    .executeTakeFirst();
  if (link === undefined) await removeVersion(context, index, project, version);
}

/** The rows of files stay and say that they were there; their contents and all that is about them go. */
async function removeFiles(context: ChangeContext, index: string, project: string, version?: string): Promise<void> {
  const { transaction } = context;
  let files = transaction
    .selectFrom('files')
    .select(['sha256', 'metadata_sha256'])
    .where('index', '=', index)
    .where('project', '=', project);
  let marking = transaction
    .updateTable('files')
    .set({ is_deleted: 1, metadata_sha256: '' })
    .where('index', '=', index)
    .where('project', '=', project);
  let links = transaction.deleteFrom('links').where('index', '=', index).where('project', '=', project);
  if (version !== undefined) {
    files = files.where('version', '=', version);
    marking = marking.where('version', '=', version);
    links = links.where('version', '=', version);
  }
  const rows = await files.execute();
  await marking.execute();
  const removed = await links.returning('sha256').execute();
  context.dropContents([
    ...rows.flatMap(({ sha256, metadata_sha256 }) => [sha256, metadata_sha256]),
    ...removed.map(({ sha256 }) => sha256),
  ]);
}
