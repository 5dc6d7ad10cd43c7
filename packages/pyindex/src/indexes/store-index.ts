import type { ChangeContext } from '../store/index-store.ts';
import type { IndexConfig, IndexRecord } from './index-config.ts';

/** Makes an index, or gives it another configuration, within a change. */
export async function storeIndex(
  { transaction, touchDirectory }: ChangeContext,
  user: string,
  name: string,
  config: IndexConfig,
): Promise<void> {
  const config_json = JSON.stringify(config);
  await transaction
    .insertInto('indexes')
    .values({ user, name, config_json })
    .onConflict((conflict) => conflict.columns(['user', 'name']).doUpdateSet({ config_json }))
    .execute();
  touchDirectory();
}

/** Tables whose rows are of one index. */
const ownTables = [
  'files',
  'links',
  'releases',
  'projects',
  'mirror_files',
  'mirror_pages',
  'guard_decisions',
] as const;

/** Removes an index with all that was uploaded to it, within a change. */
export async function deleteIndex(context: ChangeContext, { user, name, path }: IndexRecord): Promise<void> {
  const { transaction } = context;
  const contents = await listContents(context, path);
  for (const table of ownTables) {
    await transaction.deleteFrom(table).where('index', '=', path).execute();
  }
  await transaction.deleteFrom('indexes').where('user', '=', user).where('name', '=', name).execute();
  context.dropContents(contents);
  context.touchDirectory();
}

async function listContents({ transaction }: ChangeContext, index: string): Promise<string[]> {
  const files = await transaction
    .selectFrom('files')
    .select(['sha256', 'metadata_sha256'])
    .where('index', '=', index)
    .execute();
  const links = await transaction.selectFrom('links').select('sha256').where('index', '=', index).execute();
  const mirrored = await transaction.selectFrom('mirror_files').select('sha256').where('index', '=', index).execute();
  return [
    ...files.flatMap(({ sha256, metadata_sha256 }) => [sha256, metadata_sha256]),
    ...[...links, ...mirrored].map(({ sha256 }) => sha256),
  ];
}
