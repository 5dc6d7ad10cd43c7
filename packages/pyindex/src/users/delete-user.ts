import { deleteIndex } from '../indexes/store-index.ts';
import { Refusal } from '../refusal.ts';
import type { IndexStore } from '../store/index-store.ts';

/** Removes a user with all indexes and tokens. Throws a `Refusal` for root and while one of the indexes is not volatile. */
export async function deleteUser(store: IndexStore, name: string): Promise<void> {
  const { users, indexes, groups } = store.directory;
  if (!users.has(name)) throw new Refusal('missing', `required user '${name}' does not exist`);
  if (name === 'root') throw new Refusal('forbidden', "user 'root' cannot be deleted");
  const own = [...indexes.values()].filter(({ user }) => user === name);
  const kept = own.find(({ config }) => !config.volatile);
  if (kept !== undefined) throw new Refusal('forbidden', `user '${name}' has non-volatile index: ${kept.name}`);
  await store.change(async (context) => {
    const { transaction } = context;
    for (const index of own) await deleteIndex(context, index);
    await transaction.deleteFrom('tokens').where('user', '=', name).execute();
    for (const [group, members] of groups) {
      if (!members.includes(name)) continue;
      const members_json = JSON.stringify(members.filter((member) => member !== name));
      await transaction.updateTable('groups').set({ members_json }).where('name', '=', group).execute();
    }
    await transaction.deleteFrom('users').where('name', '=', name).execute();
    context.touchDirectory();
  });
}
