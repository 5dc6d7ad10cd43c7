/** What a mirror was told of a project, or, with an empty name, of which projects there are. */
export interface MirrorPageTable {
  /** `user/index`. */
  readonly index: string;
  /** Normalised; empty for the list of all projects. */
  readonly project: string;
  /** The upstream it is from, without login; another one's is as good as none. */
  readonly upstream: string;
  /** 0: upstream does not have the project. */
  readonly is_found: number;
  /** JSON text, compressed, in base64; empty when there is none. */
  readonly content_gzip: string;
  /** Validators of upstream; empty where it has none. */
  readonly etag: string;
  readonly last_modified: string;
  /** -1 where upstream has none. */
  readonly serial: number;
  readonly fetched_ms: number;
}

/** A file, or with `.metadata` after its name its core metadata, that a mirror has. */
export interface MirrorFileTable {
  readonly index: string;
  readonly filename: string;
  /** What is between `+f/` or `+e/` and the name: the first 16 digits of its SHA-256, else what stands for its address. */
  readonly address: string;
  readonly project: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly modified_ms: number;
}

/** What the guard of an index held back, once for each file and rule. */
export interface GuardDecisionTable {
  readonly index: string;
  readonly project: string;
  /** Empty where the decision is about the whole project. */
  readonly filename: string;
  /** A dotted id: `guard.min-age`. */
  readonly rule: string;
  /** `hidden`: left out of a page; `refused`: asked for and not given; `not-asked`: upstream was not asked. */
  readonly outcome: string;
  readonly reason: string;
  /** Who asked last; empty for somebody without a login. */
  readonly user: string;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly times: number;
}
