import { AppError } from '@devstead/kit';
import { padding, type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import type { TarVisitor } from '../../archive/tar-reader.ts';
import { LayerTree, refuseEntry, splitPath } from './layer-tree.ts';

/** What one image may hold. */
export interface LayerLimits {
  /** Bytes of all files together, over all layers. */
  readonly mostBytes: number;
  /** Entries of all layers together. */
  readonly mostEntries: number;
}

/** What is counted over all layers of an image. */
export interface LayerCounts {
  bytes: number;
  entries: number;
}

/** What a layer turned out to be. */
export interface FilteredLayer {
  /** Bytes of its files. */
  readonly sizeBytes: number;
  /** Folders that the layer has things in but does not describe: they must look as they do in the layers below. */
  readonly impliedFolders: readonly string[];
}

const whiteout = '.wh.';
const opaqueMark = '.wh..wh..opq';
/** Ids that the sandbox has: 0 to 65535. */
const idCount = 65_536;
/** File capabilities of version 2 (capabilities(7)): 20 bytes. Other versions name a user of the machine they were made on. */
const capabilityAttribute = 'security.capability';

const plainFolder: Omit<TarEntry, 'path'> = {
  type: 'folder',
  link: '',
  mode: 0o755,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtime: 0,
  device: [0, 0],
  xattrs: new Map(),
};

/**
 * Makes of a layer's archive (OCI image specification, layer.md) one that can be unpacked as a layer of overlayfs, and
 * lets only through what is harmless: paths inside the root, links to files of the same layer, ids of the sandbox, no
 * devices, no setuid, of the extended attributes only file capabilities. Files that hide lower ones (`.wh.NAME`,
 * `.wh..wh..opq`) become overlayfs's own marks. Throws IMAGE_REFUSED, also when a limit is passed.
 */
export class LayerFilter implements TarVisitor {
  private readonly emit: (part: Buffer) => void;
  private readonly limits: LayerLimits;
  private readonly counts: LayerCounts;
  private readonly tree = new LayerTree();
  private readonly folders = new Map<string, TarEntry>();
  private readonly implied = new Set<string>();
  private readonly hidden = new Set<string>();
  private readonly opaque = new Set<string>();
  private isPassing = false;
  private bodyBytes = 0;
  private sizeBytes = 0;

  constructor(emit: (part: Buffer) => void, limits: LayerLimits, counts: LayerCounts) {
    this.emit = emit;
    this.limits = limits;
    this.counts = counts;
  }

  entry(entry: TarEntry): void {
    this.count(entry);
    this.bodyBytes = entry.sizeBytes;
    this.isPassing = false;
    const names = splitPath(entry.path);
    const name = names.pop();
    if (name === undefined) {
      if (entry.type !== 'folder') throw refuseEntry(entry.path, 'it would replace the root');
      return;
    }
    const folder = this.tree.resolveFolder(names, entry.path);
    if (name.startsWith(whiteout)) {
      this.hide(folder, name, entry);
      return;
    }
    const path = join(folder, name);
    if (entry.type === 'char' || entry.type === 'block') {
      // A container gets devices of its own; an image's are never more than remains of how it was made.
      if (path.startsWith('dev/')) return;
      throw refuseEntry(entry.path, 'it is a device');
    }
    this.addFolders(folder);
    this.pass(this.clean(entry, path));
  }

  body(part: Buffer): void {
    if (this.isPassing) this.emit(part);
  }

  bodyEnd(): void {
    if (this.isPassing) this.emit(padding(this.bodyBytes));
  }

  /** The marks of what is hidden, and the end of the archive. */
  finish(): FilteredLayer {
    for (const path of this.hidden) {
      const type = this.tree.type(path);
      // Something new in its place hides the file below by itself; a folder does only when it is marked.
      if (type === 'folder') this.opaque.add(path);
      if (type !== undefined) continue;
      this.emit(writeHeader({ ...plainFolder, type: 'char', mode: 0, path }));
    }
    for (const path of this.opaque) {
      const found = this.folders.get(path) ?? { ...plainFolder, path };
      this.emit(writeHeader({ ...found, xattrs: new Map([...found.xattrs, ['user.overlay.opaque', 'y']]) }));
    }
    this.emit(Buffer.alloc(1024));
    // An opaque folder has nothing below to look like.
    const impliedFolders = [...this.implied].filter((path) => !this.opaque.has(path));
    return { sizeBytes: this.sizeBytes, impliedFolders };
  }

  private count({ sizeBytes, type, path }: TarEntry): void {
    const { counts, limits } = this;
    counts.entries += 1;
    counts.bytes += sizeBytes;
    this.sizeBytes += sizeBytes;
    if (type === 'folder' && sizeBytes > 0) throw refuseEntry(path, 'it is a folder with content');
    if (counts.entries > limits.mostEntries) throw tooMuch(`it has more than ${limits.mostEntries} files`);
    if (counts.bytes > limits.mostBytes) throw tooMuch(`its files have more than ${limits.mostBytes} bytes`);
  }

  private hide(folder: string, name: string, { path }: TarEntry): void {
    // From now on it is a folder: what comes later cannot make a link of it.
    if (name === opaqueMark || !name.startsWith(whiteout + whiteout)) this.addFolders(folder);
    if (name === opaqueMark) {
      if (folder !== '') this.opaque.add(folder);
      return;
    }
    // Other names of this form are notes of a file system that is no more (aufs).
    if (name.startsWith(whiteout + whiteout)) return;
    const hidden = name.slice(whiteout.length);
    if (hidden === '' || hidden === '.' || hidden === '..') throw refuseEntry(path, 'it hides nothing that can be');
    this.hidden.add(join(folder, hidden));
  }

  private addFolders(folder: string): void {
    for (const path of this.tree.missingFolders(folder)) {
      this.count({ ...plainFolder, path });
      this.tree.add(path, 'folder', '');
      this.implied.add(path);
      this.emit(writeHeader({ ...plainFolder, path }));
    }
  }

  private pass(entry: TarEntry): void {
    this.tree.add(entry.path, entry.type, entry.link);
    if (entry.type === 'folder') {
      this.implied.delete(entry.path);
      this.folders.set(entry.path, entry);
    }
    this.isPassing = entry.type === 'file';
    this.emit(writeHeader(entry));
  }

  private clean(entry: TarEntry, path: string): TarEntry {
    const { type, mode, uid, gid, link, xattrs } = entry;
    if (uid < 0 || uid >= idCount || gid < 0 || gid >= idCount)
      throw refuseEntry(path, `its owner ${uid}:${gid} is beyond the ids of the sandbox (0 to ${idCount - 1})`);
    if (type === 'symlink' && (link === '' || link.length > 4096)) throw refuseEntry(path, 'it is a link to nowhere');
    const capability = xattrs.get(capabilityAttribute);
    const isKept = type === 'file' && capability?.length === 20 && capability.charCodeAt(3) === 2;
    return {
      ...entry,
      path,
      // Containers gain no privileges, so the marks of programs that would have no effect; on the machine they must not.
      mode: type === 'folder' ? mode : mode & 0o1777,
      link: type === 'hardlink' ? this.resolveHardLink(entry) : link,
      xattrs: isKept ? new Map([[capabilityAttribute, capability]]) : new Map(),
    };
  }

  private resolveHardLink({ path, link }: TarEntry): string {
    const names = splitPath(link);
    const name = names.pop() ?? '';
    const target = join(this.tree.resolveFolder(names, path), name);
    const type = this.tree.type(target);
    if (type === undefined || type === 'folder') throw refuseEntry(path, 'it is a hard link to no file of its layer');
    return target;
  }
}

function tooMuch(what: string): AppError {
  return new AppError('IMAGE_REFUSED', `the image is too large: ${what}`, {
    hint: 'Use a smaller image.',
  });
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
