import { AppError } from '@devstead/kit';

/** Where a copy begins or ends: a path of this machine, or one in a container. */
export type CopyPlace =
  | { readonly kind: 'machine'; readonly path: string }
  | { readonly kind: 'container'; readonly container: string; readonly path: string };

/** `CONTAINER:PATH`, else a path of this machine; one with a slash before its colon is always the latter. */
export function parsePlace(text: string): CopyPlace {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]+|[a-z0-9]):(.*)$/s.exec(text);
  if (match === null) return { kind: 'machine', path: text };
  const [, container = '', path = ''] = match;
  if (path.includes('\0')) throw new AppError('USAGE', 'a path holds no zero byte');
  return { kind: 'container', container, path: path === '' ? '.' : path };
}

/** The last name of a path; `.` and a slash at the end are looked past. */
export function lastName(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.at(-1) ?? '';
}

/** Only what is in the folder is meant: `FOLDER/.` as cp(1) has it. */
export function meansContent(path: string): boolean {
  return path === '.' || path.endsWith('/.');
}
