import type { Folder, Reason } from './types.ts';

/** What a pattern finds in a file: its first group, and the line. */
export interface Found {
  readonly value: string;
  readonly line: number;
}

/** The first match of a pattern in a text, by its first group. */
export function findIn(text: string | undefined, pattern: RegExp): Found | undefined {
  const match = text === undefined ? null : pattern.exec(text);
  if (match === null || text === undefined) return undefined;
  return { value: match[1] ?? match[0], line: text.slice(0, match.index).split('\n').length };
}

/** A version found in one of several files, with its reason. Only digits and dots count: it goes into an image's name. */
export function findVersion(
  folder: Folder,
  places: readonly (readonly [file: string, pattern: RegExp])[],
  parts: number,
): { readonly version: string; readonly reason: Reason } | undefined {
  for (const [file, pattern] of places) {
    const found = findIn(folder.read(file), pattern);
    const version = /^\d{1,4}(\.\d{1,4}){0,2}/.exec(found?.value ?? '')?.[0];
    if (found === undefined || version === undefined) continue;
    const short = version.split('.').slice(0, parts).join('.');
    return { version: short, reason: { what: `version ${short}`, file, line: found.line } };
  }
  return undefined;
}

/** JSON of a file, where it is an object. */
export function readObject(folder: Folder, path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse((folder.read(path) ?? '').replace(/^\uFEFF/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Files in the folder itself. */
export function filesHere({ files }: Folder): readonly string[] {
  return files.filter((file) => !file.includes('/'));
}
