/** What an archive from outside may hold. All of it is judged before the first byte is written. */
export interface ArchiveLimits {
  /** Of the archive itself, as it is downloaded. */
  readonly archiveBytes: number;
  readonly entries: number;
  /** Of all files together, unpacked. */
  readonly totalBytes: number;
  /** How many times its own size an archive may unpack to, once that is more than `freeBytes`. */
  readonly ratio: number;
  readonly freeBytes: number;
  readonly depth: number;
  /** Of one folder's or file's name. */
  readonly nameBytes: number;
  readonly pathBytes: number;
  readonly linkBytes: number;
}

const mebibyte = 2 ** 20;

export const archiveLimits: ArchiveLimits = {
  archiveBytes: 512 * mebibyte,
  entries: 100_000,
  totalBytes: 2048 * mebibyte,
  ratio: 100,
  freeBytes: 64 * mebibyte,
  depth: 64,
  nameBytes: 255,
  pathBytes: 2048,
  linkBytes: 2048,
};
