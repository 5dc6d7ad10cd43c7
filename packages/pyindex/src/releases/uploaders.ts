import { normalizeName } from '../names/normalize-name.ts';
import { Refusal } from '../refusal.ts';
import type { ChangeContext } from '../store/index-store.ts';
import type { Database } from '../store/open-database.ts';

/** Who may upload to a project; `undefined`: whoever may upload to the index. */
export async function readUploaders(
  database: Database,
  index: string,
  project: string,
): Promise<readonly string[] | undefined> {
  const row = await database
    .selectFrom('projects')
    .select('uploaders_json')
    .where('index', '=', index)
    .where('name', '=', project)
    .executeTakeFirst();
  return row === undefined || row.uploaders_json === '' ? undefined : (JSON.parse(row.uploaders_json) as string[]);
}

/**
 * Sets who may upload to a project, within a change; a project that is not there yet is registered by it, so that its name
 * is reserved. `undefined` lifts the limit.
 */
export async function setUploaders(
  context: ChangeContext,
  index: string,
  name: string,
  uploaders: readonly string[] | undefined,
): Promise<void> {
  const project = normalizeName(name);
  const uploaders_json = uploaders === undefined ? '' : JSON.stringify(uploaders);
  if (uploaders === undefined) {
    const updated = await context.transaction
      .updateTable('projects')
      .set({ uploaders_json })
      .where('index', '=', index)
      .where('name', '=', project)
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) throw new Refusal('missing', `no project '${project}'`);
  } else {
    await context.transaction
      .insertInto('projects')
      .values({ index, name: project, display_name: name, uploaders_json, status_json: '' })
      .onConflict((conflict) => conflict.columns(['index', 'name']).doUpdateSet({ uploaders_json }))
      .execute();
  }
  context.touchProject(index, project);
}
