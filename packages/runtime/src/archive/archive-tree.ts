import { AppError } from '@devstead/kit';
import type { TarEntry } from './tar-header.ts';

/** What an archive may hold at most. */
export interface ArchiveLimits {
  /** Bytes of all files together. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const longestPath = 4096;
const longestName = 255;
const deepest = 256;

/** What is wrong with an entry, as an error for people. */
export function refuseEntry(path: string, why: string): AppError {
  return new AppError(
    'ARCHIVE_REFUSED',
    `the archive's entry ${JSON.stringify(path.slice(0, 200))} is refused: ${why}`,
  );
}

/** The names of an entry's path; none for the root itself. Throws ARCHIVE_REFUSED for a path that may lead elsewhere. */
export function splitPath(path: string): string[] {
  if (path === '') throw refuseEntry(path, 'it has no name');
  if (path.length > longestPath) throw refuseEntry(path, 'its path is too long');
  if (path.startsWith('/')) throw refuseEntry(path, 'its path is absolute');
  if (path.includes('\0')) throw refuseEntry(path, 'its path holds a zero byte');
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw refuseEntry(path, 'its path leads upwards');
  if (names.some((name) => name.length > longestName)) throw refuseEntry(path, 'a name in it is too long');
  if (names.length > deepest) throw refuseEntry(path, 'it lies too deep');
  return names;
}

/**
 * The entries of an archive so far. It holds each new one to what was there: nothing lies in something that is no
 * folder, nothing comes twice, and all of it together stays within the limits. Every path is that of the place itself,
 * because no entry lies beyond a link.
 */
export class ArchiveTree {
  private readonly limits: ArchiveLimits;
  private readonly types = new Map<string, TarEntry['type']>();
  private bytes = 0;

  constructor(limits: ArchiveLimits) {
    this.limits = limits;
  }

  /** Bytes of all files so far. */
  get totalBytes(): number {
    return this.bytes;
  }

  get entries(): number {
    return this.types.size;
  }

  /** Takes an entry in and returns the names of its path. Throws ARCHIVE_REFUSED. */
  add(entry: TarEntry): string[] {
    const names = splitPath(entry.path);
    const path = names.join('/');
    if (names.length === 0 && entry.type !== 'folder') throw refuseEntry(entry.path, 'it would replace the root');
    for (let depth = 1; depth < names.length; depth += 1) {
      const type = this.types.get(names.slice(0, depth).join('/'));
      if (type !== undefined && type !== 'folder')
        throw refuseEntry(entry.path, `it lies in something that is a ${type}`);
    }
    const before = this.types.get(path);
    if (before !== undefined && !(before === 'folder' && entry.type === 'folder')) {
      throw refuseEntry(entry.path, 'it comes twice');
    }
    if (entry.type === 'hardlink') this.checkHardLink(entry);
    this.types.set(path, entry.type);
    this.addFoldersAbove(names);
    this.bytes += entry.sizeBytes;
    this.checkLimits();
    return names;
  }

  /** Folders that entries lie in and that the archive does not name are there all the same, and count. */
  private addFoldersAbove(names: readonly string[]): void {
    for (let depth = 1; depth < names.length; depth += 1) {
      const folder = names.slice(0, depth).join('/');
      if (!this.types.has(folder)) this.types.set(folder, 'folder');
    }
  }

  private checkHardLink({ path, link }: TarEntry): void {
    const type = this.types.get(splitPath(link).join('/'));
    if (type !== 'file' && type !== 'hardlink') throw refuseEntry(path, 'it is a hard link to no file of the archive');
  }

  private checkLimits(): void {
    const { maxBytes, maxEntries } = this.limits;
    if (this.types.size > maxEntries) throw tooMuch(`more than ${maxEntries} entries`);
    if (this.bytes > maxBytes) throw tooMuch(`more than ${maxBytes} bytes`);
  }
}

function tooMuch(what: string): AppError {
  return new AppError('ARCHIVE_REFUSED', `the archive is too large: it has ${what}`, {
    hint: 'If that is meant, allow more with --max-size, and see that the disk has room.',
  });
}
