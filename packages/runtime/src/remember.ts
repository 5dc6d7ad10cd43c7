import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './make-folder.ts';
import { readJsonFile, writeJsonFile } from './state/json-file.ts';

interface Kept<Value> {
  readonly stamp: string;
  readonly value: Value;
}

/**
 * A value that takes time to make, kept in a file of the cache folder for as long as its stamp is the same. A cache that
 * cannot be read or written costs time and nothing else.
 */
export async function remember<Value extends object>(
  file: string,
  stamp: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const kept = attempt(() => readJsonFile<Kept<Value>>(file));
  if (kept?.stamp === stamp) return kept.value;
  const value = await make();
  const entry: Kept<Value> = { stamp, value };
  attempt(() => writeCacheFile(file, entry));
  return value;
}

/** Writes a file of the cache folder as a whole, for its owner alone. */
export function writeCacheFile(file: string, value: object): void {
  makeFolder(dirname(file), 0o700);
  writeJsonFile(file, value);
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The packed product never changes in place: a file here, named after all it holds, stands for its content. */
const buildId = fileURLToPath(new URL('../../../build-id/', import.meta.url));

/** Like `stampFolders`, of folders that belong to Devstead itself. */
export function stampOwnFolders(folders: () => readonly string[], ...more: readonly string[]): string {
  return stampFolders(existsSync(buildId) ? [buildId] : folders(), ...more);
}

/** Changes whenever a file below one of the folders is added, removed or written; the files themselves are not read. */
export function stampFolders(folders: readonly string[], ...more: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(more));
  for (const folder of folders) {
    const names = attempt(() => readdirSync(folder, { recursive: true, encoding: 'utf8' })) ?? [];
    for (const name of names.sort()) {
      const { size, mtimeMs, ctimeMs, mode } = lstatSync(join(folder, name));
      hash.update(JSON.stringify([name, size, mtimeMs, ctimeMs, mode]));
    }
  }
  return hash.digest('hex');
}
