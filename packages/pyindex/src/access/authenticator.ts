import type { IndexStore } from '../store/index-store.ts';
import { anonymous, type Identity, refused } from './identity.ts';
import { PasswordChecker } from './password-checker.ts';
import { fullScope, type TokenScope } from './token-scope.ts';
import { Tokens } from './tokens.ts';

/** What a request carries to say who asks. */
export interface Credentials {
  readonly user: string;
  /** A password or a token. */
  readonly secret: string;
}

/** Finds out who asks. */
export class Authenticator {
  readonly tokens: Tokens;
  readonly #store: IndexStore;
  readonly #passwords: PasswordChecker;

  constructor(store: IndexStore) {
    this.#store = store;
    this.tokens = new Tokens(store);
    this.#passwords = new PasswordChecker(store.clock, store.passwordCost);
  }

  /** `address`: where the request comes from; guessing is limited by it. */
  async identify(credentials: Credentials | undefined, address: string): Promise<Identity | 'too-many'> {
    if (credentials === undefined) return anonymous;
    const { user, secret } = credentials;
    if (Tokens.isToken(secret)) {
      const token = await this.tokens.check(user, secret);
      return token === undefined ? refused : this.#toIdentity(user, token.scope);
    }
    const answer = await this.checkPassword(user, secret, address);
    if (answer === 'too-many') return answer;
    return answer === 'right' ? this.#toIdentity(user, fullScope) : refused;
  }

  checkPassword(user: string, password: string, address: string): ReturnType<PasswordChecker['check']> {
    return this.#passwords.check(user, password, this.#store.directory.users.get(user)?.passwordHash, address);
  }

  #toIdentity(user: string, scope: TokenScope): Identity {
    const { users, groups } = this.#store.directory;
    if (!users.has(user)) return refused;
    return { user, groups: [...groups].filter(([, members]) => members.includes(user)).map(([name]) => name), scope };
  }
}

/** Reads `X-Devpi-Auth` and `Authorization: Basic`, both `base64(user:secret)`; the first counts. */
export function readCredentials(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Credentials | undefined {
  const own = headers['x-devpi-auth'];
  const basic = headers['authorization'];
  const encoded =
    typeof own === 'string' ? own : typeof basic === 'string' && /^basic /i.test(basic) ? basic.slice(6) : undefined;
  if (encoded === undefined || encoded.length > 8192) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 0 ? undefined : { user: text.slice(0, at), secret: text.slice(at + 1) };
}
