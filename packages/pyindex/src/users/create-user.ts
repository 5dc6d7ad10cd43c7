import { hashPassword } from '../access/password.ts';
import type { UserProfile, UserRecord } from '../access/user-record.ts';
import type { IndexStore } from '../store/index-store.ts';

/** Makes a user. Throws when there is one of this name. */
export async function createUser(
  store: IndexStore,
  name: string,
  password: string,
  profile: Omit<UserProfile, 'created' | 'modified'>,
): Promise<UserRecord> {
  const passwordHash = await hashPassword(password);
  const created = new Date(store.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const user: UserRecord = { name, passwordHash, profile: { ...profile, created } };
  await store.change(async ({ transaction, touchDirectory }) => {
    await transaction
      .insertInto('users')
      .values({ name, password_hash: passwordHash, profile_json: JSON.stringify(user.profile) })
      .execute();
    touchDirectory();
  });
  return user;
}
