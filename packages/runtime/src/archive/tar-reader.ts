import { AppError } from '@devstead/kit';
import {
  blockBytes,
  isZeroBlock,
  type RawHeader,
  type Refuse,
  readHeader,
  readPaxRecords,
  type TarEntry,
  type TarType,
} from './tar-header.ts';

/** What is told of an archive as it streams by. */
export interface TarVisitor {
  /** An entry begins; its body follows in parts. */
  entry(entry: TarEntry): void;
  /** Bytes of the last entry's body, without the filling of its last block. */
  body(part: Buffer): void;
  /** The last entry's body is complete. */
  bodyEnd(): void;
}

/** What an archive is held to. */
export interface TarRules {
  readonly refuse: Refuse;
  /** Only a block of zeros ends it: one that was cut between two entries would pass for a smaller one. */
  readonly needsEndMark: boolean;
  /** Extended attributes are read; else an entry has none. */
  readonly readsXattrs: boolean;
  /** Times are read with their fractions; else an entry has whole seconds. */
  readonly readsExactTimes?: boolean;
}

/** For archives that nothing but their own end tells to be whole. */
export const looseArchive: TarRules = {
  refuse: (what) => new AppError('ARCHIVE_REFUSED', `the archive is broken: ${what}`),
  needsEndMark: true,
  readsXattrs: false,
};

/** Longest extended header or long name: names are at most 4096 bytes, attributes at most 64 KiB each. */
const longestExtension = 1 << 20;

const types: Readonly<Record<string, TarType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'folder',
  '6': 'fifo',
};

/**
 * Reads a tar archive as its bytes come: ustar, pax, GNU long names. Every entry and body goes to the visitor. Throws
 * what its rules say (else ARCHIVE_REFUSED) for what cannot be read, sparse files and unknown kinds of entries.
 */
export class TarReader {
  private readonly visitor: TarVisitor;
  private readonly rules: TarRules;
  private readonly block = Buffer.alloc(blockBytes);
  private filled = 0;
  private bodyLeft = 0;
  private paddingLeft = 0;
  /** The body of an extension, gathered; undefined while an entry's body passes by. */
  private extension: { readonly flag: string; readonly body: Buffer; filled: number } | undefined;
  private pax = new Map<string, string>();
  private longPath: string | undefined;
  private longLink: string | undefined;
  private isEnded = false;

  constructor(visitor: TarVisitor, rules: TarRules = looseArchive) {
    this.visitor = visitor;
    this.rules = rules;
  }

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.isEnded) {
      if (this.bodyLeft > 0) {
        const part = chunk.subarray(at, at + this.bodyLeft);
        at += part.length;
        this.bodyLeft -= part.length;
        this.readBody(part);
      } else if (this.paddingLeft > 0) {
        const skipped = Math.min(this.paddingLeft, chunk.length - at);
        at += skipped;
        this.paddingLeft -= skipped;
      } else {
        const part = chunk.subarray(at, at + blockBytes - this.filled);
        part.copy(this.block, this.filled);
        at += part.length;
        this.filled += part.length;
        if (this.filled === blockBytes) {
          this.filled = 0;
          this.readBlock(this.block);
        }
      }
    }
  }

  /** Throws when the archive is not at an end. */
  end(): void {
    const isCut = this.bodyLeft > 0 || this.filled > 0 || this.extension !== undefined;
    if (isCut || (this.rules.needsEndMark && !this.isEnded)) throw this.rules.refuse('it ends too early');
  }

  private readBlock(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.isEnded = true;
      return;
    }
    const header = readHeader(block, this.rules.refuse);
    if ('xgLK'.includes(header.flag)) {
      if (header.sizeBytes > longestExtension) throw this.rules.refuse('an extended header is too long');
      this.extension = { flag: header.flag, body: Buffer.alloc(header.sizeBytes), filled: 0 };
      this.expectBody(header.sizeBytes);
    } else this.readEntry(header);
  }

  private expectBody(sizeBytes: number): void {
    this.bodyLeft = sizeBytes;
    this.paddingLeft = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (sizeBytes === 0) this.endBody();
  }

  private readBody(part: Buffer): void {
    const { extension } = this;
    if (extension === undefined) this.visitor.body(part);
    else {
      part.copy(extension.body, extension.filled);
      extension.filled += part.length;
    }
    if (this.bodyLeft === 0) this.endBody();
  }

  private endBody(): void {
    const { extension } = this;
    this.extension = undefined;
    if (extension === undefined) {
      this.visitor.bodyEnd();
      return;
    }
    const { flag, body } = extension;
    if (flag === 'x') this.pax = readPaxRecords(body, this.rules.refuse);
    else if (flag === 'L') this.longPath = untilNul(body);
    else if (flag === 'K') this.longLink = untilNul(body);
    // A header for all that follows ('g') holds comments of programs, such as the commit that `git archive` names.
  }

  private readEntry(header: RawHeader): void {
    const { pax } = this;
    const type = types[header.flag];
    if (type === undefined) throw this.rules.refuse(`it has an entry of the kind ${JSON.stringify(header.flag)}`);
    if ([...pax.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw this.rules.refuse('it has a sparse file');
    const number = (key: string, fallback: number): number => {
      const text = pax.get(key);
      if (text === undefined) return fallback;
      const value = /^-?\d+(\.\d*)?$/.test(text) ? Math.trunc(Number(text)) : Number.NaN;
      if (!Number.isSafeInteger(value)) throw this.rules.refuse(`${key} is no number`);
      return value;
    };
    const path = pax.get('path') ?? this.longPath ?? header.path;
    const hasBody = type === 'file';
    const sizeBytes = number('size', header.sizeBytes);
    if (sizeBytes < 0) throw this.rules.refuse('a size is less than nothing');
    const entry: TarEntry = {
      type: type === 'file' && path.endsWith('/') ? 'folder' : type,
      path,
      link: type === 'hardlink' || type === 'symlink' ? (pax.get('linkpath') ?? this.longLink ?? header.link) : '',
      mode: header.mode,
      uid: number('uid', header.uid),
      gid: number('gid', header.gid),
      sizeBytes: hasBody ? sizeBytes : 0,
      mtime: number('mtime', header.mtime),
      ...(this.rules.readsExactTimes === true ? readExactTime(pax) : {}),
      device: header.device,
      xattrs: this.rules.readsXattrs ? readXattrs(pax) : new Map(),
    };
    this.pax = new Map();
    this.longPath = undefined;
    this.longLink = undefined;
    this.visitor.entry(entry);
    this.expectBody(entry.sizeBytes);
  }
}

/** pax(5): decimal seconds, which `readEntry` has found to be a number. */
function readExactTime(pax: ReadonlyMap<string, string>): { exactMtime?: string } {
  const text = pax.get('mtime');
  return text === undefined || /^\d+$/.test(text) ? {} : { exactMtime: text };
}

const xattrPrefix = 'SCHILY.xattr.';

function readXattrs(pax: ReadonlyMap<string, string>): Map<string, string> {
  const found = [...pax].filter(([key]) => key.startsWith(xattrPrefix));
  return new Map(found.map(([key, value]) => [key.slice(xattrPrefix.length), value]));
}

function untilNul(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('latin1', 0, end < 0 ? body.length : end);
}
