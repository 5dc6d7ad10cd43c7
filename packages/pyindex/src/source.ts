import type { Readable } from 'node:stream';

/**
 * The one interface everything in this package is built from. A local stage and an upstream index are sources; the cache,
 * inheritance, the shield, the guard and metadata are sources that wrap others. No source knows of HTTP.
 *
 * Names are normalised (PEP 503) wherever they are arguments or results. A source throws `SourceFailure` when it cannot
 * answer; "there is no such thing" is `undefined`, and only said when it is known.
 */
export interface PackageSource {
  /** The names of all projects, sorted, each once. */
  listProjects(options?: ReadOptions): Promise<ProjectList>;
  /** The files of a project; `undefined` when the source does not have it. A page without files is a project that has none. */
  readProject(name: string, options?: ReadOptions): Promise<ProjectPage | undefined>;
  /**
   * The whole, verified content of a file of a release, or, with `.metadata` after its name, of its core metadata
   * (PEP 658). Never half a file: what could not be had or has other hashes than its page says is a `SourceFailure`.
   */
  openFile(reference: FileReference, options?: ReadOptions): Promise<OpenedFile | undefined>;
}

export interface ReadOptions {
  /** Ask upstream even where a cached answer is still fresh. */
  readonly isFresh?: boolean;
  /** Who asks, for the guard's log; absent for somebody without a login. */
  readonly user?: string;
}

export interface ProjectList {
  readonly names: readonly string[];
  /** Milliseconds since 1970 until which this may be answered again without asking; absent: until the index changes. */
  readonly freshUntilMs?: number;
  /** Set when upstream could not be asked and this is what it said last. */
  readonly staleSince?: string;
}

/** What a project page says (PEP 503, 691, 700, 708, 792), in no order that matters; whoever renders it sorts it. */
export interface ProjectPage {
  /** Normalised. */
  readonly name: string;
  readonly files: readonly ReleaseFile[];
  /** Versions that exist, those without files too; absent: those of the files. */
  readonly versions?: readonly string[];
  readonly status?: ProjectStatus;
  /** It was uploaded to a stage, here or at the index that is mirrored: public projects of that name are others. */
  readonly isPrivate?: true;
  /** PEP 708. */
  readonly tracks?: readonly string[];
  readonly alternateLocations?: readonly string[];
  /** Files that are there and not shown, each with the reason. */
  readonly withheld?: readonly WithheldFile[];
  /** Sentences for people about what the page leaves out or why, as plain text. */
  readonly notes?: readonly string[];
  /** The serial of the upstream page (`X-PyPI-Last-Serial`). */
  readonly upstreamSerial?: number;
  /** As in `ProjectList`. */
  readonly freshUntilMs?: number;
  readonly staleSince?: string;
}

/** PEP 792. */
export interface ProjectStatus {
  readonly status: 'active' | 'archived' | 'quarantined' | 'deprecated';
  readonly reason?: string;
}

/** A file that a rule holds back. */
export interface WithheldFile {
  readonly file: ReleaseFile;
  /** A stable, dotted id: `guard.min-age`. */
  readonly rule: string;
  /** One sentence. */
  readonly reason: string;
}

/** A file of a release. Everything but the name and the origin may be unknown. */
export interface ReleaseFile {
  readonly filename: string;
  /** The file's index and what kind it is; its address is under that index. */
  readonly origin: FileOrigin;
  /** As the uploader or the filename spells it. */
  readonly version?: string;
  readonly sizeBytes?: number;
  /** Lower-case hexadecimal, by the algorithm's name as `hashlib` has it: `sha256`, `md5`, `blake2b`. */
  readonly hashes: Readonly<Record<string, string>>;
  /** RFC 3339 in UTC: `2026-11-21T00:29:03.123456Z`. */
  readonly uploadTime?: string;
  /** A version specifier (PEP 440), not escaped. */
  readonly requiresPython?: string;
  /** PEP 592: absent when not yanked; the reason, or the empty string without one. */
  readonly yanked?: string;
  /** PEP 658 and 714: the hashes of `<filename>.metadata`, empty when it is served but its hash is not known. */
  readonly coreMetadata?: Readonly<Record<string, string>>;
  /** Where upstream has it; absolute, without credentials. Only of mirrored files. */
  readonly upstreamUrl?: string;
  /** Pages link to `upstreamUrl` itself. */
  readonly isExternal?: true;
}

export interface FileOrigin {
  /** `user/index`. */
  readonly index: string;
  readonly kind: 'stage' | 'mirror';
}

/** A file as its address names it. */
export interface FileReference {
  readonly filename: string;
  /** Normalised; known where the address or the page names it, else derived from the filename. */
  readonly project?: string;
  /** The first 16 hexadecimal digits of its SHA-256, as in `+f/<3>/<13>/`. Absent: addresses under `+e`. */
  readonly digestPrefix?: string;
  /** What stands for the address of a mirrored file without hash: `+e/<key>/`. */
  readonly addressKey?: string;
}

/** Content that was verified. Nothing is held until `stream` is called. */
export interface OpenedFile {
  readonly filename: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Milliseconds since 1970, for `Last-Modified`. */
  readonly modifiedMs: number;
  /** Where the whole content is a file, for those that can send it quicker than by a stream. */
  readonly path?: string;
  /** The bytes from `start` to `end`, both included; all without a range. */
  stream(range?: { readonly start: number; readonly end: number }): Readable;
}
