/** What an index is set up with, whatever its type; the keys are devpi's. */
interface CommonConfig {
  readonly volatile: boolean;
  readonly title?: string;
  readonly description?: string;
  readonly custom_data?: string;
  /** Users, `:group`s, `:ANONYMOUS:` or `:AUTHENTICATED:` who may read. Absent: everybody. */
  readonly acl_read?: readonly string[];
}

export interface StageConfig extends CommonConfig {
  readonly type: 'stage';
  /** `user/index`, in the order given. */
  readonly bases: readonly string[];
  readonly acl_upload: readonly string[];
  readonly acl_toxresult_upload: readonly string[];
  /** Normalised names, or `*`. */
  readonly mirror_whitelist: readonly string[];
  readonly mirror_whitelist_inheritance: 'intersection' | 'union';
  readonly guard?: GuardConfig;
}

export interface MirrorConfig extends CommonConfig {
  readonly type: 'mirror';
  /** Absent: the upstream the server was started with. */
  readonly mirror_url?: string;
  readonly mirror_web_url_fmt?: string;
  /** Seconds. */
  readonly mirror_cache_expiry?: number;
  readonly mirror_no_project_list?: boolean;
  readonly mirror_use_external_urls?: boolean;
  readonly mirror_ignore_serial_header?: boolean;
  readonly mirror_provides_core_metadata?: boolean;
  readonly guard?: GuardConfig;
}

/**
 * The guard's settings of an index: `guard_claims`, `guard_min_age`, … as a client sets them. What each means and how it
 * is written is the policy component's; see `sources/policy`.
 */
export type GuardConfig = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export type IndexConfig = StageConfig | MirrorConfig;

/** An index and what it is set up with. */
export interface IndexRecord {
  readonly user: string;
  readonly name: string;
  /** `user/name`. */
  readonly path: string;
  readonly config: IndexConfig;
}
