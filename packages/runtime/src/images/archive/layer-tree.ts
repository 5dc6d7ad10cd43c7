import { AppError } from '@devstead/kit';
import type { TarType } from '../../archive/tar-header.ts';

/** Linux follows no more links than this in one path (path_resolution(7)). */
const mostLinks = 40;
const longestPath = 4096;
const longestName = 255;

/** An entry that would do harm, as an error for people. */
export function refuseEntry(path: string, what: string): AppError {
  return new AppError('IMAGE_REFUSED', `the image has an entry that is not unpacked: ${what}`, {
    details: [Buffer.from(path.slice(0, 200), 'latin1').toString('utf8')],
  });
}

/**
 * The names of a path from the image's root on. `..` is refused wherever it stands, as are names and paths longer than
 * Linux takes; a leading `/` and `.` mean the root.
 */
export function splitPath(path: string): string[] {
  if (path.length > longestPath) throw refuseEntry(path, 'its path is too long');
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw refuseEntry(path, 'its path leads out of the image');
  if (names.some((name) => name.length > longestName)) throw refuseEntry(path, 'a name in its path is too long');
  return names;
}

/**
 * The tree of one layer as far as it has come: what is at which path. Paths are without a leading `/`; the root is the
 * empty path.
 */
export class LayerTree {
  private readonly types = new Map<string, TarType>([['', 'folder']]);
  private readonly links = new Map<string, string>();

  type(path: string): TarType | undefined {
    return this.types.get(path);
  }

  add(path: string, type: TarType, link: string): void {
    const before = this.types.get(path);
    if (before === 'folder' && type !== 'folder')
      throw refuseEntry(path, 'it would replace a folder of the same layer');
    this.types.set(path, type);
    if (type === 'symlink') this.links.set(path, link);
    else if (before === 'symlink') this.links.delete(path);
  }

  /**
   * Where a folder really is, by the symbolic links of this layer. A link never leads out: one that climbs above the
   * root is refused here, and an absolute one begins at the image's root.
   */
  resolveFolder(names: readonly string[], path: string): string {
    if (this.links.size === 0) return this.requireFolders(names.join('/'), path);
    const left = [...names];
    let at = '';
    for (let hops = 0; left.length > 0; ) {
      const name = left.shift() ?? '';
      if (name === '..') {
        if (at === '') throw refuseEntry(path, 'it would be written through a link that leads out of the image');
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const next = at === '' ? name : `${at}/${name}`;
      const link = this.links.get(next);
      if (link === undefined) {
        at = next;
        continue;
      }
      hops += 1;
      if (hops > mostLinks) throw refuseEntry(path, 'its path goes through too many links');
      if (link.startsWith('/')) at = '';
      left.unshift(...link.split('/').filter((part) => part !== '' && part !== '.'));
    }
    return this.requireFolders(at, path);
  }

  private requireFolders(folder: string, path: string): string {
    const type = this.types.get(folder);
    if (type === 'folder') return folder;
    for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const found = this.types.get(at);
      if (found !== undefined && found !== 'folder') throw refuseEntry(path, 'it would be written below a file');
    }
    return folder;
  }

  /** Folders from the root to this one that have no entry yet, the uppermost first. */
  missingFolders(folder: string): string[] {
    const missing: string[] = [];
    for (let at = folder; !this.types.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) missing.unshift(at);
    return missing;
  }
}
