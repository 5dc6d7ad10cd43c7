/** What a token may do at most; its user's own rights limit it further. Each key absent: no limit. */
export interface TokenScope {
  /** `all`: whatever the user may; `upload`: read, and upload releases; `read`: read alone. */
  readonly permission: 'all' | 'upload' | 'read';
  /** `user/index`. */
  readonly indexes?: readonly string[];
  /** Normalised names of projects that may be uploaded to. */
  readonly projects?: readonly string[];
}

export const fullScope: TokenScope = { permission: 'all' };
