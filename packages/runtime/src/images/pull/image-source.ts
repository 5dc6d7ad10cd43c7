/** One piece of content of an image by its digest (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** An image as its manifest tells of it, with its configuration; all digests were checked. */
export interface SourceImage {
  /** Of the manifest: what the image is known by in its registry. Absent in archives without one. */
  readonly manifestDigest?: string;
  /** Of the configuration. */
  readonly configDigest: string;
  /** The configuration's text. */
  readonly config: string;
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
}

/** A transfer that broke off: asking again, or another place, may help. Its message is a reason in a few words. */
export class TransferError extends Error {}

/** Where the layers of an image come from. */
export interface LayerSource {
  /** For people: a registry's name, or a file. */
  readonly name: string;
  /** False where the digests of the layers are only names for them: then only those without compression are checked. */
  readonly hasDigests?: boolean;
  /**
   * The bytes of a layer from an offset on. What comes is not trusted: the reader checks size and digest. Throws
   * `TransferError` where the reader may try again from where it was.
   */
  read(layer: Descriptor, offset: number, signal: AbortSignal | undefined): AsyncIterable<Buffer>;
}
