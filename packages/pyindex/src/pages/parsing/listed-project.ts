import type { ProjectStatus } from '../../source.ts';

/** Digests in lower-case hexadecimal by the name of their algorithm (`sha256`). */
export type Hashes = Readonly<Record<string, string>>;

/** One file of a project as another index lists it (PEP 691). */
export interface ListedFile {
  readonly filename: string;
  /** Absolute, without fragment. */
  readonly url: string;
  /** Empty where the index gives none. */
  readonly hashes: Hashes;
  readonly requiresPython?: string;
  /** The reason, empty when none is given; absent for a file that is not yanked (PEP 592). */
  readonly yanked?: string;
  /** The hashes of `<url>.metadata`, empty when it is there but its hash is not told (PEP 658, 714). */
  readonly coreMetadata?: Hashes;
  readonly sizeBytes?: number;
  /** RFC 3339 in UTC (PEP 700). */
  readonly uploadTime?: string;
}

/** What another index says of a project. */
export interface ListedProject {
  readonly files: readonly ListedFile[];
  /** Versions the index names, also those without files (PEP 700). */
  readonly versions?: readonly string[];
  readonly status?: ProjectStatus;
  /** It was uploaded there, or at an index behind it: it is not the public project of that name. */
  readonly isPrivate?: true;
}

const statuses: readonly string[] = ['active', 'archived', 'quarantined', 'deprecated'];

/** True for the markers PEP 792 names; others are to be read as none. */
export function isStatusMarker(text: unknown): text is ProjectStatus['status'] {
  return typeof text === 'string' && statuses.includes(text);
}
