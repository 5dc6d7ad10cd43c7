import type { Readable } from 'node:stream';

/** A content that a file store has. */
export interface StoredContent {
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What was written: the digests are computed on the way. */
export interface WrittenContent extends StoredContent {
  /** By the names of `hashlib`: `sha256`, `md5`. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  /** Above it nothing is kept and `ContentTooLarge` is thrown. */
  readonly limitBytes: number;
  /** Digests to compute beside SHA-256. */
  readonly algorithms?: readonly ('md5' | 'sha1')[];
  readonly signal?: AbortSignal;
  /** Told once, where the store can have a content read while it comes. */
  readonly onStart?: (growing: GrowingContent) => void;
}

/** A content while it comes: nothing of it was compared with anything. */
export interface GrowingContent {
  /** A path that can be opened until the write has ended; who has it open can read on. */
  readonly path: string;
  /** So many bytes are there. */
  readonly readableBytes: () => number;
}

/** Content on its way in: on the disk, with its digests, and not yet part of the store. */
export interface PendingContent extends WrittenContent {
  /** Where it lies until it is kept or dropped. */
  readonly path: string;
  /** Makes it part of the store; survives a loss of power once this is done. Content that is there already is kept. */
  keep(): Promise<void>;
  /** Removes it; nothing to do after `keep`. */
  drop(): Promise<void>;
}

/**
 * Where contents are kept, each once, by its SHA-256. The seam for other places than the disk.
 * The database says which contents are in use: `sweep` removes the others.
 */
export interface FileStore {
  /** Takes a stream to its end. Throws what the stream throws; then nothing is left. */
  write(content: Readable | AsyncIterable<Uint8Array>, options: WriteOptions): Promise<PendingContent>;
  /** `undefined`: not there. */
  find(sha256: string): Promise<(StoredContent & { readonly modifiedMs: number }) | undefined>;
  /** Throws when it is not there. */
  read(sha256: string, range?: { readonly start: number; readonly end: number }): Readable;
  /** A path that other programs may read, where the store has one. */
  pathOf(sha256: string): string | undefined;
  remove(sha256: string): Promise<void>;
  /** Removes what was half-written at an earlier end, and every content for which `isUsed` is false. Only at the start. */
  sweep(isUsed: (sha256: string) => boolean): Promise<SweepResult>;
}

export interface SweepResult {
  readonly removedFiles: number;
  readonly removedBytes: number;
}
