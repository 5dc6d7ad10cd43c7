/** A folder as it is looked at: passed in, so that looking is pure and has limits. Paths are relative and name no folder above. */
export interface Folder {
  /** The folder's own name. */
  readonly name: string;
  /** Files in it and in its nearest sub-folders. */
  readonly files: readonly string[];
  /** The text of a file; undefined where there is none that can be read. */
  read(path: string): string | undefined;
}

/** Why something was recognised: the file, and the line where that says more. Lines count from 1. */
export interface Reason {
  /** What follows from it, in a few words. */
  readonly what: string;
  readonly file: string;
  readonly line?: number;
}

export type CommandKind = 'install' | 'build' | 'run' | 'test' | 'debug' | 'other';

export interface ProposedCommand {
  readonly id: string;
  readonly kind: CommandKind;
  readonly line: string;
  /** It takes changes up by itself. */
  readonly isReloading?: boolean;
}

/** What one language makes of a folder. */
export interface Recognised {
  readonly language: string;
  readonly framework?: string;
  /** Higher counts before lower: a framework says more than a file of the language. */
  readonly weight: number;
  readonly version?: string;
  readonly image: string;
  /** Other images that fit, for the comment. */
  readonly otherImages: readonly string[];
  readonly port?: number;
  readonly debugPort?: number;
  /** Folders that are kept apart from the sources: what tools download. */
  readonly caches: readonly { readonly name: string; readonly path: string }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly commands: readonly ProposedCommand[];
  readonly memory: string;
  /** Names of the libraries it uses, by which services are found. */
  readonly libraries: string;
  readonly reasons: readonly Reason[];
}

/** A service that the project seems to need. */
export interface ProposedService {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly data?: string;
  /** In the devfile; else there as a comment to be taken in. */
  readonly isCertain: boolean;
}

export interface Proposal {
  readonly name: string;
  readonly main: Recognised;
  /** Other languages in the folder. */
  readonly others: readonly Recognised[];
  readonly services: readonly ProposedService[];
  /** Commands that another file of the folder tells of, as a choice. */
  readonly choices: readonly string[];
  readonly reasons: readonly Reason[];
}
