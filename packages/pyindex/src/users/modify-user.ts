import { hashPassword } from '../access/password.ts';
import { loginLabel } from '../access/tokens.ts';
import type { UserProfile } from '../access/user-record.ts';
import { Refusal } from '../refusal.ts';
import type { ChangeContext, IndexStore } from '../store/index-store.ts';
import type { UserChanges } from './check-profile.ts';
import { formatSeconds } from './format-seconds.ts';

/** Changes a user. With another password all logins of the user end. Throws a `Refusal` when there is no such user. */
export async function modifyUser(store: IndexStore, name: string, changes: UserChanges): Promise<void> {
  const passwordHash =
    changes.password === undefined ? undefined : await hashPassword(changes.password, store.passwordCost);
  await store.change(async (context) => {
    const { transaction, touchDirectory } = context;
    const row = await transaction
      .selectFrom('users')
      .select('profile_json')
      .where('name', '=', name)
      .executeTakeFirst();
    if (row === undefined) throw new Refusal('missing', `no user '${name}'`);
    const profile = { ...(JSON.parse(row.profile_json) as UserProfile), ...changes.profile };
    for (const key of changes.dropped) delete (profile as Record<string, unknown>)[key];
    const profile_json = JSON.stringify({ ...profile, modified: formatSeconds(store.clock.now()) });
    await transaction
      .updateTable('users')
      .set({ profile_json, ...(passwordHash === undefined ? {} : { password_hash: passwordHash }) })
      .where('name', '=', name)
      .execute();
    if (passwordHash !== undefined) await endLogins(context, name);
    touchDirectory();
  });
}

async function endLogins({ transaction }: ChangeContext, user: string): Promise<void> {
  await transaction.deleteFrom('tokens').where('user', '=', user).where('label', '=', loginLabel).execute();
}
