import type { ChangeContext } from '../store/index-store.ts';
import type { IndexConfig, StageConfig } from './index-config.ts';

/** What a stage is without further settings. */
export function defaultStage(owner: string): StageConfig {
  return {
    type: 'stage',
    volatile: true,
    bases: [],
    acl_upload: [owner],
    acl_toxresult_upload: [':ANONYMOUS:'],
    mirror_whitelist: [],
    mirror_whitelist_inheritance: 'intersection',
  };
}

/** Makes an index within a change. */
export async function insertIndex(
  { transaction, touchDirectory }: ChangeContext,
  user: string,
  name: string,
  config: IndexConfig,
): Promise<void> {
  await transaction
    .insertInto('indexes')
    .values({ user, name, config_json: JSON.stringify(config) })
    .execute();
  touchDirectory();
}
