/** What reading a distribution may cost. */
export interface MetadataLimits {
  /** Most bytes of the metadata's text. */
  readonly textBytes: number;
  /** Most entries of an archive. */
  readonly entries: number;
  /** Most bytes that are unpacked on the way to the metadata. */
  readonly unpackedBytes: number;
  /** Most unpacked bytes for one packed byte, asked once `ratioFromBytes` were unpacked. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
}

/** Wide enough for every distribution seen (the largest have some 60,000 entries and 1.5 GB unpacked). */
export const defaultMetadataLimits: MetadataLimits = {
  textBytes: 4 << 20,
  entries: 200_000,
  unpackedBytes: 4 * 2 ** 30,
  ratio: 200,
  ratioFromBytes: 64 << 20,
};
