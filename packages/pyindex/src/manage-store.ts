import { mkdir } from 'node:fs/promises';
import { type Clock, systemClock } from '@devstead/kit';
import { readTokenOrder } from './access/read-token-order.ts';
import { type TokenRecord, Tokens } from './access/tokens.ts';
import { makeConfig } from './indexes/change-config.ts';
import { storeIndex } from './indexes/store-index.ts';
import { Refusal } from './refusal.ts';
import { IndexStore } from './store/index-store.ts';
import { type FolderOwner, readFolderOwner } from './store/lock-folder.ts';
import { createUser } from './users/create-user.ts';
import { modifyUser } from './users/modify-user.ts';

/** Where an index's data are. */
export interface StorePlace {
  readonly folder: string;
  /** `postgres://…`; default: SQLite in the folder. */
  readonly database?: string;
  readonly clock?: Clock;
}

/** Works on the data of an index, while a server runs or not; a server takes over what was changed within a second. */
export async function withStore<Result>(
  place: StorePlace,
  work: (store: IndexStore) => Promise<Result>,
): Promise<Result> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  const store = await IndexStore.open({ clock: systemClock, ...place });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** What there is after `initialiseStore`, and what of it is new. */
export interface Initialised {
  readonly isRootNew: boolean;
  readonly newIndexes: readonly string[];
}

/**
 * Makes what a usual index has, where it is not there yet: root, with this password, `root/pypi` and `root/stable` over it.
 */
export async function initialiseStore(store: IndexStore, rootPassword: () => Promise<string>): Promise<Initialised> {
  const isRootNew = !store.directory.users.has('root');
  if (isRootNew) await createUser(store, 'root', await rootPassword());
  const newIndexes: string[] = [];
  await store.change(async (context) => {
    const { indexes } = store.directory;
    if (!indexes.has('root/pypi')) {
      await storeIndex(context, 'root', 'pypi', { type: 'mirror', volatile: false });
      newIndexes.push('root/pypi');
    }
    if (!indexes.has('root/stable')) {
      const stable = makeConfig('root', new Map<string, unknown>([['volatile', false]]), {
        path: 'root/stable',
        indexes,
      });
      await storeIndex(context, 'root', 'stable', { ...stable, bases: ['root/pypi'] } as typeof stable);
      newIndexes.push('root/stable');
    }
  });
  return { isRootNew, newIndexes };
}

/** Sets the password of a user; all logins of the user end. Throws a `Refusal` when there is no such user. */
export async function setPassword(store: IndexStore, user: string, password: string): Promise<void> {
  await modifyUser(store, user, { password, profile: {}, dropped: [] });
}

/** Makes a token; see `readTokenOrder` for what may be asked. Throws a `Refusal`. */
export async function createToken(
  store: IndexStore,
  user: string,
  order: Readonly<Record<string, unknown>>,
): Promise<{ readonly id: string; readonly token: string }> {
  if (!store.directory.users.has(user)) throw new Refusal('missing', `no user '${user}'`);
  const read = readTokenOrder(user, order, store.directory.indexes);
  return store.change((context) => new Tokens(store).create(context, read));
}

/** A user's tokens that still hold, as `+tokens` lists them. */
export async function listTokens(store: IndexStore, user: string): Promise<TokenRecord[]> {
  if (!store.directory.users.has(user)) throw new Refusal('missing', `no user '${user}'`);
  return new Tokens(store).list(user);
}

/** Takes a token back. Throws a `Refusal` when the user has none of this id. */
export async function removeToken(store: IndexStore, user: string, id: string): Promise<void> {
  const isRemoved = await store.change((context) => new Tokens(store).remove(context, user, id));
  if (!isRemoved) throw new Refusal('missing', `user '${user}' has no token '${id}'`);
}

/** How large an index is, and who serves it. */
export interface StoreStatus {
  /** Absent: nobody serves it now. */
  readonly server?: FolderOwner;
  readonly serial: number;
  readonly users: number;
  readonly indexes: readonly {
    readonly path: string;
    readonly type: string;
    readonly projects: number;
    readonly files: number;
    readonly bytes: number;
  }[];
}

export async function readStatus(store: IndexStore): Promise<StoreStatus> {
  const server = await readFolderOwner(store.folder);
  const count = (
    rows: readonly { readonly index: string; readonly count: number | string | bigint }[],
    path: string,
  ): number => Number(rows.find(({ index }) => index === path)?.count ?? 0);
  const { database } = store;
  const projects = await database
    .selectFrom('projects')
    .select(({ fn }) => ['index', fn.countAll().as('count')])
    .groupBy('index')
    .execute();
  const files = await database
    .selectFrom('files')
    .select(({ fn }) => ['index', fn.countAll().as('count'), fn.sum('size_bytes').as('bytes')])
    .where('is_deleted', '=', 0)
    .groupBy('index')
    .execute();
  const mirrored = await database
    .selectFrom('mirror_files')
    .select(({ fn }) => ['index', fn.countAll().as('count'), fn.sum('size_bytes').as('bytes')])
    .groupBy('index')
    .execute();
  return {
    ...(server === undefined ? {} : { server }),
    serial: store.serial,
    users: store.directory.users.size,
    indexes: [...store.directory.indexes.values()].map(({ path, config }) => {
      const own = config.type === 'mirror' ? mirrored : files;
      return {
        path,
        type: config.type,
        projects: count(projects, path),
        files: count(own, path),
        bytes: Number(own.find(({ index }) => index === path)?.bytes ?? 0),
      };
    }),
  };
}
