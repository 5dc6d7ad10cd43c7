import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';

/** A source of stacks that the user has added to the own registry. */
export interface AddedSource {
  readonly kind: 'folder' | 'git' | 'registry';
  /** An absolute path, or an address. */
  readonly place: string;
  /** Branch, tag or commit of a repository. */
  readonly revision?: string;
}

const format = 1;

/** Throws UNREADABLE_INPUT for a file of a newer Devstead, and for one that is damaged. */
export function readAddedSources(folder: string): readonly AddedSource[] {
  const file = join(folder, 'sources.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const value = parse(text);
  if (value?.format === format && Array.isArray(value.sources)) return value.sources as readonly AddedSource[];
  throw new AppError('UNREADABLE_INPUT', `${file} is damaged, or was written by a newer Devstead`, {
    hint: 'Remove it and add the sources again: devstead registry add',
  });
}

export function writeAddedSources(folder: string, sources: readonly AddedSource[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'sources.json');
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify({ format, sources }, null, 2)}\n`, { mode: 0o600 });
  renameSync(beside, file);
}

function parse(text: string): { readonly format?: unknown; readonly sources?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
