import { AppError } from '@devstead/kit';

/** `NAME` or `NAME:VERSION`. Throws USAGE. */
export function splitStack(words: string): { readonly name: string; readonly version?: string } {
  const [, name = '', version] = /^([^:\s/]+)(?::([^:\s/]+))?$/.exec(words) ?? [];
  if (name === '') {
    throw new AppError('USAGE', `${JSON.stringify(words)} names no stack`, { hint: 'Write NAME or NAME:VERSION.' });
  }
  return version === undefined ? { name } : { name, version };
}
