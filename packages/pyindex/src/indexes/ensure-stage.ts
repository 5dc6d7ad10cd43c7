import type { IndexStore } from '../store/index-store.ts';
import { makeConfig } from './change-config.ts';
import { storeIndex } from './store-index.ts';

/**
 * Makes a stage over those of its bases that exist, unless it is there or its user is not. True when it was made.
 */
export async function ensureStage(store: IndexStore, path: string, bases: readonly string[]): Promise<boolean> {
  const [user = '', name = ''] = path.split('/');
  return store.change(async (context) => {
    const { indexes, users } = store.directory;
    if (indexes.has(path) || !users.has(user) || name === '') return false;
    const changes = new Map([['bases', bases.filter((base) => indexes.has(base))]]);
    await storeIndex(context, user, name, makeConfig(user, changes, { path, indexes }));
    return true;
  });
}
