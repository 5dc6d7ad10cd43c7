import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '@devstead/kit';
import { blockBytes, isZeroBlock, padding, readHeader, readPaxRecords } from '../../archive/tar-header.ts';
import { longestDocument } from '../oci/manifest.ts';
import { brokenArchive } from './layer-rules.ts';
import { splitPath } from './layer-tree.ts';

/** A file in an archive: where its bytes are. */
interface Place {
  readonly offset: number;
  readonly sizeBytes: number;
}

const mostEntries = 20_000;
const longestExtension = 1 << 16;
const pieceBytes = 1 << 20;
const mostLinks = 8;

/**
 * An image archive on disk: a tar file whose files are read where they lie, nothing is unpacked. Names in it are only
 * ever compared with names.
 */
export class ArchiveFile {
  private readonly handle: FileHandle;
  private readonly places = new Map<string, Place>();
  private readonly links = new Map<string, string>();

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  /** Opens an archive and reads the list of its files. Throws UNREADABLE_INPUT, IMAGE_REFUSED. */
  static async open(file: string): Promise<ArchiveFile> {
    const handle = await open(file, 'r').catch((error: unknown) => {
      throw new AppError('UNREADABLE_INPUT', `cannot read ${file}`, { cause: error });
    });
    const archive = new ArchiveFile(handle);
    try {
      await archive.readPlaces();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return archive;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** A small file's text; undefined when it is not there. Throws IMAGE_REFUSED when it is too long. */
  async readText(path: string): Promise<string | undefined> {
    const place = this.find(path);
    if (place === undefined) return undefined;
    if (place.sizeBytes > longestDocument) throw brokenArchive(`${path} is too long`);
    return (await this.readAt(place.offset, place.sizeBytes)).toString('utf8');
  }

  sizeOf(path: string): number | undefined {
    return this.find(path)?.sizeBytes;
  }

  /** The bytes of a file from an offset on. Throws IMAGE_REFUSED when it is not there. */
  async *read(path: string, offset: number): AsyncGenerator<Buffer> {
    const place = this.find(path);
    if (place === undefined) throw brokenArchive(`it does not have ${path}`);
    for (let at = offset; at < place.sizeBytes; at += pieceBytes) {
      yield await this.readAt(place.offset + at, Math.min(pieceBytes, place.sizeBytes - at));
    }
  }

  private find(path: string): Place | undefined {
    let at = splitPath(path).join('/');
    for (let hops = 0; hops < mostLinks; hops += 1) {
      const link = this.links.get(at);
      if (link === undefined) return this.places.get(at);
      at = link;
    }
    return undefined;
  }

  private async readAt(offset: number, sizeBytes: number): Promise<Buffer> {
    const buffer = Buffer.alloc(sizeBytes);
    for (let filled = 0; filled < sizeBytes; ) {
      const { bytesRead } = await this.handle.read(buffer, filled, sizeBytes - filled, offset + filled);
      if (bytesRead === 0) throw brokenArchive('it ends too early');
      filled += bytesRead;
    }
    return buffer;
  }

  private async readPlaces(): Promise<void> {
    const { size } = await this.handle.stat();
    let pax = new Map<string, string>();
    let entries = 0;
    for (let at = 0; at + blockBytes <= size; ) {
      const block = await this.readAt(at, blockBytes);
      if (isZeroBlock(block)) return;
      const header = readHeader(block, brokenArchive);
      entries += 1;
      if (entries > mostEntries) throw brokenArchive(`it has more than ${mostEntries} files`);
      const offset = at + blockBytes;
      const told = pax.get('size');
      const sizeBytes = told !== undefined && /^\d{1,15}$/.test(told) ? Number(told) : header.sizeBytes;
      at = offset + sizeBytes + padding(sizeBytes).length;
      if ('xgLK'.includes(header.flag)) {
        if (header.sizeBytes > longestExtension) throw brokenArchive('an extended header is too long');
        const body = await this.readAt(offset, header.sizeBytes);
        const name = body.toString('latin1').replace(/\0.*$/s, '');
        if (header.flag === 'x') pax = readPaxRecords(body, brokenArchive);
        else if (header.flag === 'L') pax.set('path', name);
        else if (header.flag === 'K') pax.set('linkpath', name);
        continue;
      }
      this.add(header.flag, pax.get('path') ?? header.path, pax.get('linkpath') ?? header.link, { offset, sizeBytes });
      pax = new Map();
    }
  }

  private add(flag: string, path: string, link: string, place: Place): void {
    const names = splitPath(path);
    const name = names.join('/');
    if (flag === '0' || flag === '\0') this.places.set(name, place);
    // What older programs write for a layer that is in the archive twice. One that leads out of it names nothing.
    else if (flag === '1') this.links.set(name, splitPath(link).join('/'));
    else if (flag === '2') {
      const target = followLink(names.slice(0, -1), link);
      if (target !== undefined) this.links.set(name, target);
    }
  }
}

function followLink(folder: readonly string[], link: string): string | undefined {
  const at = [...folder];
  for (const name of link.split('/').filter((part) => part !== '' && part !== '.')) {
    if (name !== '..') at.push(name);
    else if (at.pop() === undefined) return undefined;
  }
  return link.startsWith('/') ? undefined : at.join('/');
}
