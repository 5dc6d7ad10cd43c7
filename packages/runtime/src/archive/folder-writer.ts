import { closeSync, fchmodSync, futimesSync, writeSync } from 'node:fs';
import { type ArchiveLimits, ArchiveTree, refuseEntry, splitPath } from './archive-tree.ts';
import { OpenFolder } from './open-folder.ts';
import type { TarEntry } from './tar-header.ts';
import type { TarVisitor } from './tar-reader.ts';

interface Pending {
  readonly names: readonly string[];
  readonly entry: TarEntry;
}

/** What the archive turned out to be. */
export interface WrittenItem {
  readonly type: 'file' | 'folder';
  readonly entries: number;
  readonly bytes: number;
  /** Entries that were left out, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
}

/** What group and others may not do with a folder that is unpacked, as with most users' own (umask(2)). */
const folderMask = 0o022;

/**
 * Unpacks an archive that nobody vouches for as one new file or folder. It may hold what it likes: what is written lies
 * in the folder given, has the caller's own ids and no special rights. Links are made last, so that nothing is ever
 * written through one, and those that lead out are left out, as special files are.
 */
export class FolderWriter implements TarVisitor {
  private readonly parent: OpenFolder;
  private readonly item: string;
  private readonly tree: ArchiveTree;
  /** The item, when it is a folder, and the folders from there down to where the last entry lay. */
  private open: { readonly name: string; readonly folder: OpenFolder }[] = [];
  private file: { readonly fd: number; readonly mtime: number } | undefined;
  private type: WrittenItem['type'] | undefined;
  private readonly links: Pending[] = [];
  private readonly folders: Pending[] = [];
  private readonly skipped: { path: string; why: string }[] = [];

  constructor(parent: OpenFolder, item: string, limits: ArchiveLimits) {
    this.parent = parent;
    this.item = item;
    this.tree = new ArchiveTree(limits);
  }

  get totalBytes(): number {
    return this.tree.totalBytes;
  }

  entry(entry: TarEntry): void {
    if (this.type === 'file') throw refuseEntry(entry.path, 'it is more than the one file that was asked for');
    const names = this.tree.add(entry);
    if (this.type === undefined) this.begin(entry, names);
    else this.write(entry, names);
  }

  body(part: Buffer): void {
    if (this.file === undefined) return;
    for (let at = 0; at < part.length; ) at += writeSync(this.file.fd, part, at);
  }

  bodyEnd(): void {
    if (this.file === undefined) return;
    const { fd, mtime } = this.file;
    futimesSync(fd, mtime, mtime);
    this.closeFile();
  }

  /** Makes the links and gives folders their modes and times. */
  finish(): WrittenItem {
    if (this.type === undefined) throw refuseEntry('.', 'the archive is empty');
    for (const { names, entry } of this.links) this.writeLink(names, entry);
    // From the deepest up: a folder that nobody may enter is closed after what is in it.
    for (const { names, entry } of this.folders.toSorted((a, b) => b.names.length - a.names.length)) {
      const { descriptor } = this.goTo(names);
      fchmodSync(descriptor, entry.mode & 0o777 & ~folderMask);
      futimesSync(descriptor, entry.mtime, entry.mtime);
    }
    this.close();
    return { type: this.type, entries: this.tree.entries, bytes: this.tree.totalBytes, skipped: this.skipped };
  }

  /** Lets go of what is open, also after a failure. */
  close(): void {
    this.closeFile();
    for (const { folder } of this.open) folder.close();
    this.open = [];
  }

  private begin(entry: TarEntry, names: readonly string[]): void {
    if (entry.type === 'folder' && names.length === 0) {
      this.type = 'folder';
      this.parent.makeFolder(this.item);
      this.open.push({ name: this.item, folder: this.parent.openFolder(this.item) });
      this.folders.push({ names, entry });
    } else if (entry.type === 'file' && names.length === 1) {
      this.type = 'file';
      this.createFile(this.parent, this.item, entry);
    } else throw refuseEntry(entry.path, 'it is neither the one file nor the one folder that was asked for');
  }

  private write(entry: TarEntry, names: readonly string[]): void {
    const name = names.at(-1);
    if (name === undefined) return;
    if (entry.type === 'folder') {
      this.goTo(names);
      this.folders.push({ names, entry });
    } else if (entry.type === 'file') this.createFile(this.goTo(names.slice(0, -1)), name, entry);
    else if (entry.type === 'symlink' || entry.type === 'hardlink') this.links.push({ names, entry });
    else this.skip(entry.path, 'it is a special file');
  }

  private skip(path: string, why: string): void {
    this.skipped.push({ path: readBytes(path), why });
  }

  private createFile(folder: OpenFolder, name: string, { mode, mtime }: TarEntry): void {
    this.file = { fd: folder.createFile(name, mode & 0o777), mtime };
  }

  private closeFile(): void {
    if (this.file !== undefined) closeSync(this.file.fd);
    this.file = undefined;
  }

  private writeLink(names: readonly string[], { type, path, link }: TarEntry): void {
    const name = names.at(-1) ?? '';
    if (type === 'symlink') {
      if (staysInside(names, link)) this.goTo(names.slice(0, -1)).makeLink(name, link);
      else this.skip(path, `it leads out, to ${readBytes(link)}`);
      return;
    }
    const target = splitPath(link);
    // In a place of its own: going to the link's folder closes the one of the file.
    const place = '.link';
    this.parent.makeHardLink(place, this.goTo(target.slice(0, -1)), target.at(-1) ?? '');
    this.goTo(names.slice(0, -1)).take(this.parent, place, name);
  }

  /** The folder of these names below the item, made where it is missing. */
  private goTo(names: readonly string[]): OpenFolder {
    let common = 0;
    while (common < names.length && this.open[common + 1]?.name === names[common]) common += 1;
    for (const { folder } of this.open.splice(common + 1)) folder.close();
    for (const name of names.slice(common)) {
      const { folder } = this.last();
      if (folder.look(name) === undefined) folder.makeFolder(name);
      this.open.push({ name, folder: folder.openFolder(name) });
    }
    return this.last().folder;
  }

  private last(): { readonly folder: OpenFolder } {
    const last = this.open.at(-1);
    if (last === undefined) throw new Error('the item is a folder that is open');
    return last;
  }
}

/** Bytes kept as latin1 text, as the text they most likely are. */
function readBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/**
 * Whether a symbolic link can be told to lead to a place of the same item: up no further than to its root, and then
 * down without going up again, which another link on the way could make lead anywhere.
 */
function staysInside(names: readonly string[], link: string): boolean {
  if (link === '' || link.startsWith('/')) return false;
  const steps = link.split('/').filter((step) => step !== '' && step !== '.');
  const up = steps.findIndex((step) => step !== '..');
  const ups = up < 0 ? steps.length : up;
  return ups < names.length && !steps.slice(ups).includes('..');
}
