/** A stack or a sample as the index tells of it (devfile registry, `/v2index`). Absent members are left out of the JSON. */
export interface IndexEntry {
  readonly name: string;
  /** In the old form of the index alone: the default version's. */
  readonly version?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly displayName?: string;
  readonly description?: string;
  readonly type: EntryType;
  readonly tags?: readonly string[];
  /** None: all of them. */
  readonly architectures?: readonly string[];
  /** An address, a `data:` address, or a file of the stack. */
  readonly icon?: string;
  readonly globalMemoryLimit?: string;
  readonly projectType?: string;
  readonly language?: string;
  readonly links?: Readonly<Record<string, string>>;
  readonly commandGroups?: Readonly<Record<string, boolean>>;
  readonly deploymentScopes?: Readonly<Record<string, boolean>>;
  readonly resources?: readonly string[];
  readonly starterProjects?: readonly string[];
  /** Where a sample comes from. */
  readonly git?: GitReference;
  readonly provider?: string;
  readonly supportUrl?: string;
  readonly versions?: readonly IndexVersion[];
  /** RFC 3339. */
  readonly lastModified?: string;
}

export type EntryType = 'stack' | 'sample';

export interface IndexVersion {
  readonly version: string;
  readonly schemaVersion: string;
  /** Left out where it is false. */
  readonly default?: true;
  readonly git?: GitReference;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly architectures?: readonly string[];
  readonly icon?: string;
  /** `self`: the repository and tag of the stack as an OCI artifact. */
  readonly links?: Readonly<Record<string, string>>;
  readonly commandGroups?: Readonly<Record<string, boolean>>;
  readonly deploymentScopes?: Readonly<Record<string, boolean>>;
  readonly resources?: readonly string[];
  readonly starterProjects?: readonly string[];
  readonly lastModified?: string;
}

export interface GitReference {
  readonly remotes?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly remoteName?: string;
  readonly subDir?: string;
  readonly revision?: string;
}

/** A file of a stack that is kept in memory. */
export interface StackFile {
  /** Below the folder of the version, apart by `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly isExecutable: boolean;
}

/** One version of a stack or sample with everything that belongs to it. */
export interface StackVersion {
  readonly entry: IndexVersion;
  readonly content?: StackContent;
}

/** What was found of a version; of a sample that is only a reference to Git there is none. */
export interface StackContent {
  /** `devfile.yaml` or `.devfile.yaml`. */
  readonly devfileName: string;
  readonly devfile: string;
  readonly starters: readonly StarterReference[];
  /** Every file but archives of starters, which are read when they are asked for. */
  readonly files: readonly StackFile[];
  /** Where it was read. */
  readonly folder: string;
}

/** A starter project as the devfile of its stack names it. */
export interface StarterReference {
  readonly name: string;
  readonly description?: string;
  readonly subDir?: string;
  readonly git?: {
    readonly remotes: Readonly<Record<string, string>>;
    readonly remote?: string;
    readonly revision?: string;
  };
  /** An address, or a path below the folder of the version. */
  readonly zip?: { readonly location: string };
}

/** A stack or sample of a source. */
export interface Stack {
  readonly entry: IndexEntry;
  /** The name of its folder, by which clients pull it. */
  readonly folderName: string;
  /** As in the index: of stacks the newest first. */
  readonly versions: readonly StackVersion[];
  /** Of a sample without versions. */
  readonly content?: StackContent;
}
