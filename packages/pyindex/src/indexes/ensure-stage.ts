import type { IndexStore } from '../store/index-store.ts';
import { defaultStage, insertIndex } from './create-index.ts';

/**
 * Makes a stage over those of its bases that exist, unless it is there or its user is not. True when it was made.
 */
export async function ensureStage(store: IndexStore, path: string, bases: readonly string[]): Promise<boolean> {
  const [user = '', name = ''] = path.split('/');
  const { indexes, users } = store.directory;
  if (indexes.has(path) || !users.has(user) || name === '') return false;
  const config = { ...defaultStage(user), bases: bases.filter((base) => indexes.has(base)) };
  await store.change((context) => insertIndex(context, user, name, config));
  return true;
}
