import type { UserProfile, UserRecord } from '../access/user-record.ts';
import type { IndexConfig, IndexRecord } from '../indexes/index-config.ts';
import type { Database } from './open-database.ts';

/** Users, groups and indexes as they are at one serial; small, so that it is kept in memory whole. Never changed in place. */
export interface Directory {
  readonly users: ReadonlyMap<string, UserRecord>;
  /** Members of each group: users. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** By `user/index`. */
  readonly indexes: ReadonlyMap<string, IndexRecord>;
}

export async function readDirectory(database: Database): Promise<Directory> {
  const [users, groups, indexes] = await Promise.all([
    database.selectFrom('users').selectAll().orderBy('name').execute(),
    database.selectFrom('groups').selectAll().orderBy('name').execute(),
    database.selectFrom('indexes').selectAll().orderBy('user').orderBy('name').execute(),
  ]);
  return {
    users: new Map(
      users.map(({ name, password_hash, profile_json }) => [
        name,
        { name, passwordHash: password_hash, profile: JSON.parse(profile_json) as UserProfile },
      ]),
    ),
    groups: new Map(groups.map(({ name, members_json }) => [name, JSON.parse(members_json) as string[]])),
    indexes: new Map(
      indexes.map(({ user, name, config_json }) => {
        const path = `${user}/${name}`;
        return [path, { user, name, path, config: JSON.parse(config_json) as IndexConfig }];
      }),
    ),
  };
}
