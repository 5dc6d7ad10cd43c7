import { Refusal } from '../refusal.ts';

/** Symbols of ASCII but `-`, `.`, `@` and `_`, and what cannot be seen. */
const blocked = /[\u0000-\u002c\u002f\u003a-\u003f\u005b-\u005e\u0060\u007b-\u009f]|[\p{C}\p{Z}]/u;
const mostCharacters = 100;

/**
 * Holds what a user, a group or an index may be called: letters of any script, digits and `-.@_`. A name has one spelling:
 * one that Unicode sees as the same as another (NFKC), for example with full-width letters, is refused.
 */
export function checkOwnerName(what: 'username' | 'indexname' | 'groupname', name: string): void {
  if (blocked.test(name)) {
    throw new Refusal(
      'invalid',
      `${what} '${name}' contains characters that aren't allowed. Any ascii symbol besides -.@_ is blocked.`,
    );
  }
  if (name === '' || name.length > mostCharacters) {
    throw new Refusal('invalid', `a ${what} has 1 to ${mostCharacters} characters`);
  }
  if (/^[.@_-]*$/.test(name)) throw new Refusal('invalid', `${what} '${name}' has no letter and no digit`);
  if (name.normalize('NFKC') !== name) {
    throw new Refusal('invalid', `${what} '${name}' must be written as '${name.normalize('NFKC')}'`);
  }
}
