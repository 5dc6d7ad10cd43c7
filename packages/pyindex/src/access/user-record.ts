/** A user without what only the password check needs to know. */
export interface UserRecord {
  readonly name: string;
  /** As `hashPassword` writes it; never leaves the server. */
  readonly passwordHash: string;
  readonly profile: UserProfile;
}

export interface UserProfile {
  readonly email?: string;
  readonly title?: string;
  readonly description?: string;
  readonly custom_data?: unknown;
  /** `2026-11-21T00:29:03Z`. */
  readonly created?: string;
  readonly modified?: string;
}
