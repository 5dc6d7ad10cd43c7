import { createHash } from 'node:crypto';
import type { ReleaseFile } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';

/** Digests of pages that are compared; `createHash` knows more, some with a length to be chosen. */
const checkedDigests: readonly string[] = ['sha256', 'sha512', 'sha384', 'sha224', 'sha1', 'md5'];

/** Compares a file that comes in pieces with what its page says of it. */
export class FileDigests {
  readonly #file: ReleaseFile;
  readonly #digests;
  #sizeBytes = 0;

  constructor(file: ReleaseFile) {
    this.#file = file;
    this.#digests = Object.keys(file.hashes)
      .filter((name) => checkedDigests.includes(name))
      .map((name) => ({ name, hash: createHash(name) }));
  }

  update(piece: Uint8Array): this {
    this.#sizeBytes += piece.length;
    for (const { hash } of this.#digests) hash.update(piece);
    return this;
  }

  /** Throws `SourceFailure` when the file is another than `host` says. */
  check(host: string): void {
    const { hashes, sizeBytes, filename } = this.#file;
    const wrong = this.#digests.find(({ name, hash }) => hash.digest('hex') !== hashes[name])?.name;
    const isOtherSize = sizeBytes !== undefined && sizeBytes !== this.#sizeBytes;
    if (wrong === undefined && !isOtherSize) return;
    throw new SourceFailure('upstream-broken', `${filename} of ${host} has not the ${wrong ?? 'size'} its page says`);
  }
}
