import { AppError } from '@devstead/kit';
import type { Io } from '../../io.ts';

/** `NAME=VALUE`; `NAME` alone takes the user's variable of that name, and nothing where there is none. */
export function readPairs(texts: readonly string[], option: string, io: Pick<Io, 'env'>): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)(?:=([^]*))?$/.exec(text) ?? [];
    if (name === undefined) throw new AppError('USAGE', `${option} ${JSON.stringify(text)} is no NAME=VALUE`);
    const found = value ?? io.env[name];
    if (found !== undefined) pairs.set(name, found);
  }
  return pairs;
}
