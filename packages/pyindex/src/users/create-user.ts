import { hashPassword } from '../access/password.ts';
import type { UserProfile, UserRecord } from '../access/user-record.ts';
import { checkOwnerName } from '../names/check-owner-name.ts';
import { Refusal } from '../refusal.ts';
import type { ChangeContext, IndexStore } from '../store/index-store.ts';
import { formatSeconds } from './format-seconds.ts';

/**
 * Makes a user, and in the same change what `also` does. Throws a `Refusal` for a bad name and when there is one of this name.
 */
export async function createUser(
  store: IndexStore,
  name: string,
  password: string,
  profile: Omit<UserProfile, 'created' | 'modified'> = {},
  also?: (context: ChangeContext) => Promise<void>,
): Promise<UserRecord> {
  checkOwnerName('username', name);
  const passwordHash = await hashPassword(password, store.passwordCost);
  const user = { name, passwordHash, profile: { ...profile, created: formatSeconds(store.clock.now()) } };
  await store.change(async (context) => {
    const { transaction, touchDirectory } = context;
    const inserted = await transaction
      .insertInto('users')
      .values({ name, password_hash: passwordHash, profile_json: JSON.stringify(user.profile) })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) throw new Refusal('conflict', 'user already exists');
    await also?.(context);
    touchDirectory();
  });
  return user;
}
