import { createHash } from 'node:crypto';
import { accessSync, constants, type Dirent, lstatSync, opendirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecipeCode } from './recipe-codes.ts';

/** A file of a recipe's folder. */
export interface RecipeFile {
  /** Within the folder: `/root/etc/thing.conf`. */
  readonly path: string;
  readonly isProgram: boolean;
}

export interface RecipeFiles {
  /** By path. */
  readonly files: readonly RecipeFile[];
  readonly problems: readonly { readonly code: RecipeCode; readonly path: string; readonly message: string }[];
}

const mostFiles = 2000;
const largestBytes = 64 * 2 ** 20;

/**
 * Lists a recipe's folder; what is neither file nor folder, cannot be read, or is too much, is a problem. Links are not
 * followed.
 */
export function listRecipeFiles(folder: string): RecipeFiles {
  const files: RecipeFile[] = [];
  const problems: RecipeFiles['problems'][number][] = [];
  let bytes = 0;
  try {
    for (const entry of readFolder(folder)) {
      if (entry.isDirectory()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length);
      const info = lstatSync(file);
      bytes += info.size;
      if (info.isFile()) {
        accessSync(file, constants.R_OK);
        files.push({ path, isProgram: (info.mode & 0o100) !== 0 });
      } else problems.push({ code: 'recipe.bad-file', path, message: 'this is neither a file nor a folder' });
      if (files.length + problems.length > mostFiles || bytes > largestBytes) {
        const message = `the folder has more than ${mostFiles} files or ${largestBytes / 2 ** 20} MiB`;
        return { files: [], problems: [{ code: 'recipe.too-large', path: '', message }] };
      }
    }
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    problems.push({ code: 'recipe.unreadable', path: '', message });
  }
  return { files: files.sort((left, right) => (left.path < right.path ? -1 : 1)), problems };
}

function* readFolder(folder: string): Generator<Dirent> {
  const entries = opendirSync(folder, { recursive: true });
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) yield entry;
  } finally {
    entries.closeSync();
  }
}

/** Over one line a file: path, whether it is a program, SHA-256 of its content. */
export function digestFiles(folder: string, files: readonly RecipeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, isProgram } of files) {
    const content = createHash('sha256').update(readFileSync(join(folder, path)));
    hash.update(JSON.stringify([path, isProgram, content.digest('hex')]));
  }
  return hash.digest('hex');
}
