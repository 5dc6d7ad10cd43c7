import { padding, type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import type { TarVisitor } from '../../archive/tar-reader.ts';

const opaque = 'user.overlay.opaque';

/**
 * Makes of an unpacked layer's archive one as images have them: overlayfs's marks for what is hidden become the files
 * `.wh.NAME` and `.wh..wh..opq` (OCI image specification, layer.md). The counterpart of `LayerFilter`.
 */
export class LayerRestore implements TarVisitor {
  private readonly emit: (part: Buffer) => void;
  private sizeBytes = 0;

  constructor(emit: (part: Buffer) => void) {
    this.emit = emit;
  }

  entry(entry: TarEntry): void {
    const path = entry.path.replace(/^\.\//, '').replace(/\/$/, '');
    this.sizeBytes = entry.sizeBytes;
    if (path === '' || path === '.') return;
    const xattrs = new Map([...entry.xattrs].filter(([name]) => name !== opaque));
    const isHiding = entry.type === 'char' && entry.device[0] === 0 && entry.device[1] === 0;
    const mark = (at: string): void =>
      this.emit(writeHeader({ ...entry, type: 'file', mode: 0o600, uid: 0, gid: 0, link: '', xattrs, path: at }));
    if (isHiding) {
      const slash = path.lastIndexOf('/') + 1;
      mark(`${path.slice(0, slash)}.wh.${path.slice(slash)}`);
      return;
    }
    const link = entry.type === 'hardlink' ? entry.link.replace(/^\.\//, '') : entry.link;
    this.emit(writeHeader({ ...entry, path: entry.type === 'folder' ? `${path}/` : path, link, xattrs }));
    if (entry.xattrs.get(opaque) === 'y') mark(`${path}/.wh..wh..opq`);
  }

  body(part: Buffer): void {
    this.emit(part);
  }

  bodyEnd(): void {
    if (this.sizeBytes > 0) this.emit(padding(this.sizeBytes));
  }

  finish(): void {
    this.emit(Buffer.alloc(1024));
  }
}
