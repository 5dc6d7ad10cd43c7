import type { UserProfile } from '../access/user-record.ts';
import { Refusal } from '../refusal.ts';

/** What a client may set; the others are sent back by clients that change what they have read, and ignored. */
const settable = ['email', 'title', 'description', 'custom_data'] as const;
const ignored = ['username', 'indexes', 'created', 'modified', 'password'];
const mostPasswordCharacters = 1000;
const mostProfileCharacters = 100_000;

export interface UserChanges {
  readonly password?: string;
  readonly profile: Omit<UserProfile, 'created' | 'modified'>;
  /** Keys of the profile that are taken away. */
  readonly dropped: readonly string[];
}

/** Reads the keys of a user as a client sends them. Throws a `Refusal` for keys that there are not and for bad values. */
export function readUserChanges(body: Readonly<Record<string, unknown>>): UserChanges {
  const unknown = Object.keys(body).filter((key) => !ignored.includes(key) && !isSettable(key));
  if (unknown.length > 0) {
    throw new Refusal('invalid', `Unknown keys in user config: ${unknown.join(', ').slice(0, 500)}`);
  }
  const { password } = body;
  if (password !== undefined && (typeof password !== 'string' || password.length > mostPasswordCharacters)) {
    throw new Refusal('invalid', `a password is a text of at most ${mostPasswordCharacters} characters`);
  }
  const profile: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const key of settable) {
    const value = body[key];
    if (value === null || value === '') dropped.push(key);
    else if (value !== undefined) profile[key] = key === 'custom_data' ? value : readProfileText(key, value);
  }
  if (JSON.stringify(profile).length > mostProfileCharacters) {
    throw new Refusal('invalid', `a user's data has at most ${mostProfileCharacters} characters`);
  }
  return { profile, dropped, ...(password === undefined ? {} : { password }) };
}

function isSettable(key: string): boolean {
  return (settable as readonly string[]).includes(key);
}

function readProfileText(key: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Refusal('invalid', `${key} must be a text`);
}
