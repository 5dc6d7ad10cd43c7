import type { Generated } from 'kysely';
import type { GuardDecisionTable, MirrorFileTable, MirrorPageTable } from './mirror-tables.ts';

/**
 * The tables of the database. Only types both SQLite and PostgreSQL have: text, integers (yes and no are 1 and 0), times
 * as RFC 3339 text in UTC or as milliseconds since 1970 where the name ends in `_ms`, lists and objects as JSON text.
 */
export interface Tables {
  /** `format`, `uuid`, `serial`, `changed_ms`, `upstream`. */
  readonly meta: { readonly key: string; readonly value: string };
  readonly users: UserTable;
  readonly groups: { readonly name: string; readonly members_json: string };
  readonly tokens: TokenTable;
  readonly indexes: { readonly user: string; readonly name: string; readonly config_json: string };
  readonly projects: ProjectTable;
  readonly releases: ReleaseTable;
  readonly files: FileTable;
  readonly links: LinkTable;
  readonly mirror_pages: MirrorPageTable;
  readonly mirror_files: MirrorFileTable;
  readonly guard_decisions: GuardDecisionTable;
}

export interface UserTable {
  readonly name: string;
  /** As `hashPassword` writes it. */
  readonly password_hash: string;
  /** Everything else of the user: email, title, description, custom_data, created, modified. */
  readonly profile_json: string;
}

export interface TokenTable {
  /** The public part of the token. */
  readonly id: string;
  readonly user: string;
  /** SHA-256 of the secret part, hexadecimal. */
  readonly secret_sha256: string;
  /** What it is for, for people. */
  readonly label: string;
  readonly scope_json: string;
  readonly created_ms: number;
  /** 0: never. */
  readonly expires_ms: number;
}

export interface ProjectTable {
  /** `user/index`. */
  readonly index: string;
  /** Normalised. */
  readonly name: string;
  /** As it was uploaded. */
  readonly display_name: string;
  /** Users and groups that may upload to it; JSON text, empty for whoever may upload to the index. */
  readonly uploaders_json: string;
  /** PEP 792; empty for active. */
  readonly status_json: string;
}

export interface ReleaseTable {
  readonly index: string;
  readonly project: string;
  /** As it was uploaded. */
  readonly version: string;
  /** Core metadata as the upload form had it: `{summary: "…", classifiers: ["…"]}`. */
  readonly metadata_json: string;
}

export interface FileTable {
  readonly id: Generated<number>;
  readonly index: string;
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly uploaded_at: string;
  readonly uploaded_by: string;
  readonly requires_python: string;
  readonly hashes_json: string;
  /** SHA-256 of the core metadata, itself a content of the file store; empty when there is none. */
  readonly metadata_sha256: string;
  /** The reason as JSON text; empty: not yanked. */
  readonly yanked_json: string;
  /** `[{what, who, when, dst, src?}]`, the newest last. */
  readonly log_json: string;
  /** 1: it was removed and its address answers 410. */
  readonly is_deleted: number;
}

/** What belongs to a release or one of its files: tox results, documentation. */
export interface LinkTable {
  readonly id: Generated<number>;
  readonly index: string;
  readonly project: string;
  readonly version: string;
  readonly kind: 'toxresult' | 'doczip';
  readonly filename: string;
  readonly sha256: string;
  readonly size_bytes: number;
  /** The file it is about; empty when it is about the release. */
  readonly for_filename: string;
  readonly for_sha256: string;
  readonly log_json: string;
}
