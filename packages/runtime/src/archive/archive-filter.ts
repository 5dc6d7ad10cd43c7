import { type ArchiveLimits, ArchiveTree, refuseEntry, splitPath } from './archive-tree.ts';
import { padding, type TarEntry, writeHeader } from './tar-header.ts';
import type { TarVisitor } from './tar-reader.ts';

interface FilterOptions {
  readonly limits: ArchiveLimits;
  /** What of an entry goes on; undefined leaves it out. May throw ARCHIVE_REFUSED. */
  readonly choose: (entry: TarEntry) => TarEntry | undefined;
  readonly emit: (part: Buffer) => void;
  /** Where an entry of these names lies in the archive that is written. Default: there as well. */
  readonly place?: (names: readonly string[]) => string;
}

function samePlace(names: readonly string[]): string {
  return names.length === 0 ? './' : names.join('/');
}

/**
 * Writes an archive anew with what is harmless in it, as it streams by: paths that stay inside, files, folders and
 * links, in one plain form. Whatever unpacks the result sees nothing of what its writer made up.
 */
export class ArchiveFilter implements TarVisitor {
  private readonly options: FilterOptions;
  private readonly tree: ArchiveTree;
  private isPassing = false;
  private bodyBytes = 0;

  constructor(options: FilterOptions) {
    this.options = options;
    this.tree = new ArchiveTree(options.limits);
  }

  /** Of what has gone by. */
  get counts(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.tree.entries, bytes: this.tree.totalBytes };
  }

  entry(entry: TarEntry): void {
    const names = this.tree.add(entry);
    const chosen = this.options.choose(entry);
    this.isPassing = chosen !== undefined && entry.type === 'file';
    this.bodyBytes = entry.sizeBytes;
    if (chosen === undefined) return;
    const { place = samePlace, emit } = this.options;
    const link = entry.type === 'hardlink' ? place(splitPath(entry.link)) : chosen.link;
    emit(writeHeader({ ...chosen, path: place(names), link }));
  }

  body(part: Buffer): void {
    if (this.isPassing) this.options.emit(part);
  }

  bodyEnd(): void {
    if (this.isPassing) this.options.emit(padding(this.bodyBytes));
  }

  /** The end of the archive. */
  finish(): void {
    this.options.emit(Buffer.alloc(1024));
  }
}

/** Ids that the sandbox has: 0 to 65535. */
const idCount = 65_536;

/**
 * What a volume may hold: files, folders, links wherever they lead (a container resolves them in its own root) and
 * pipes, of the sandbox's users, without marks that give rights to whoever runs a file. Throws ARCHIVE_REFUSED.
 */
export function chooseForVolume(entry: TarEntry): TarEntry {
  const { type, path, uid, gid, mode } = entry;
  if (type === 'char' || type === 'block') throw refuseEntry(path, 'it is a device');
  if (uid < 0 || uid >= idCount || gid < 0 || gid >= idCount) {
    throw refuseEntry(path, `its owner ${uid}:${gid} is beyond the ids of the sandbox`);
  }
  return { ...entry, mode: type === 'folder' ? mode & 0o3777 : mode & 0o1777, device: [0, 0] };
}
