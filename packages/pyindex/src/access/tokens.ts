import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChangeContext, IndexStore } from '../store/index-store.ts';
import type { TokenScope } from './token-scope.ts';

const prefix = 'dvst-';

/** A token as its owner may see it: everything but the secret. */
export interface TokenRecord {
  readonly id: string;
  readonly user: string;
  readonly label: string;
  readonly scope: TokenScope;
  readonly createdMs: number;
  /** Absent: never. */
  readonly expiresMs?: number;
}

export interface TokenOrder {
  readonly user: string;
  readonly label: string;
  readonly scope: TokenScope;
  /** Seconds from now; absent: it does not expire. */
  readonly lifetimeSeconds?: number;
}

/**
 * Tokens: `dvst-<id>-<secret>`. Only the secret's hash is kept: 256 random bits need no slow one. They survive restarts.
 * What was found is remembered until something changes users or tokens.
 */
export class Tokens {
  readonly #store: IndexStore;
  readonly #known = new LRUCache<string, TokenRecord & { readonly secretSha256: string }>({ max: 2000 });

  constructor(store: IndexStore) {
    this.#store = store;
    store.onChange(({ directory, tokens }) => {
      if (directory === true || tokens === true) this.#known.clear();
    });
  }

  /** Whether the words could be a token at all; a password is never looked up as one. */
  static isToken(text: string): boolean {
    return /^dvst-[0-9a-f]{16}-[0-9A-Za-z_-]{43}$/.test(text);
  }

  /** The token's record, when it is right, is this user's and has not expired. */
  async check(user: string, token: string): Promise<TokenRecord | undefined> {
    const id = token.slice(prefix.length, prefix.length + 16);
    const known = this.#known.get(id) ?? (await this.#read(id));
    if (known === undefined || known.user !== user) return undefined;
    this.#known.set(id, known);
    const actual = Buffer.from(hashSecret(token.slice(prefix.length + 17)), 'hex');
    if (!timingSafeEqual(actual, Buffer.from(known.secretSha256, 'hex'))) return undefined;
    if (known.expiresMs !== undefined && known.expiresMs <= this.#store.clock.now()) return undefined;
    return known;
  }

  async #read(id: string): Promise<(TokenRecord & { readonly secretSha256: string }) | undefined> {
    const row = await this.#store.database.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : { ...toRecord(row), secretSha256: row.secret_sha256 };
  }

  /** Makes a token within a change; it is shown this once. Those of everybody that have expired go. */
  async create({ transaction }: ChangeContext, order: TokenOrder): Promise<{ token: string; id: string }> {
    const id = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const now = this.#store.clock.now();
    // Programs that log in for each of their runs would fill the table.
    await transaction.deleteFrom('tokens').where('expires_ms', '>', 0).where('expires_ms', '<=', now).execute();
    await transaction
      .insertInto('tokens')
      .values({
        id,
        user: order.user,
        secret_sha256: hashSecret(secret),
        label: order.label,
        scope_json: JSON.stringify(order.scope),
        created_ms: now,
        expires_ms: order.lifetimeSeconds === undefined ? 0 : now + order.lifetimeSeconds * 1000,
      })
      .execute();
    return { token: `${prefix}${id}-${secret}`, id };
  }

  /** Takes a token back, within a change; false when the user has none of this id. */
  async remove({ transaction, touchTokens }: ChangeContext, user: string, id: string): Promise<boolean> {
    const removed = await transaction
      .deleteFrom('tokens')
      .where('id', '=', id)
      .where('user', '=', user)
      .where('label', '!=', loginLabel)
      .executeTakeFirst();
    touchTokens();
    return removed.numDeletedRows > 0n;
  }

  /** A user's tokens that still hold, without logins. */
  async list(user: string): Promise<TokenRecord[]> {
    const rows = await this.#store.database
      .selectFrom('tokens')
      .selectAll()
      .where('user', '=', user)
      .orderBy('created_ms')
      .execute();
    const now = this.#store.clock.now();
    return rows
      .filter((row) => row.label !== loginLabel && (row.expires_ms === 0 || row.expires_ms > now))
      .map(toRecord);
  }
}

/** The label of tokens that a login gave. */
export const loginLabel = ':login';

function toRecord(row: {
  id: string;
  user: string;
  label: string;
  scope_json: string;
  created_ms: number;
  expires_ms: number;
}): TokenRecord {
  return {
    id: row.id,
    user: row.user,
    label: row.label,
    scope: JSON.parse(row.scope_json) as TokenScope,
    createdMs: row.created_ms,
    ...(row.expires_ms === 0 ? {} : { expiresMs: row.expires_ms }),
  };
}

function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
