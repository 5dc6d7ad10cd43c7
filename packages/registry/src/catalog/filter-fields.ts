import type { GitReference, IndexEntry, IndexVersion } from '../types.ts';

/** How a query parameter is compared. Absent functions: the entry, or its versions, have no such field. */
export interface FieldFilter<Value> {
  readonly ofEntry?: (entry: IndexEntry) => Value;
  readonly ofVersion?: (version: IndexVersion) => Value;
  /** What says nothing about the field is taken: no architectures means all. */
  readonly takesEmpty?: true;
}

const git = (key: 'url' | 'remoteName' | 'subDir' | 'revision') => (value: { readonly git?: GitReference }) =>
  value.git?.[key];

/** Parameters with one text, which must be part of the field. */
export const textFilters: Readonly<Record<string, FieldFilter<string | undefined>>> = {
  name: { ofEntry: ({ name }) => name },
  displayName: { ofEntry: ({ displayName }) => displayName },
  description: { ofEntry: ({ description }) => description, ofVersion: ({ description }) => description },
  iconUri: { ofEntry: ({ icon }) => icon, ofVersion: ({ icon }) => icon },
  projectType: { ofEntry: ({ projectType }) => projectType },
  language: { ofEntry: ({ language }) => language },
  default: { ofVersion: (version) => String(version.default === true) },
  gitUrl: { ofEntry: git('url'), ofVersion: git('url') },
  gitRemoteName: { ofEntry: git('remoteName'), ofVersion: git('remoteName') },
  gitSubDir: { ofEntry: git('subDir'), ofVersion: git('subDir') },
  gitRevision: { ofEntry: git('revision'), ofVersion: git('revision') },
  provider: { ofEntry: ({ provider }) => provider },
  supportUrl: { ofEntry: ({ supportUrl }) => supportUrl },
};

const both = (
  read: (value: IndexEntry | IndexVersion) => readonly string[] | undefined,
): FieldFilter<readonly string[]> => ({
  ofEntry: (entry) => read(entry) ?? [],
  ofVersion: (version) => read(version) ?? [],
});

const namesOf = (flags: Readonly<Record<string, boolean>> | undefined): string[] =>
  Object.entries(flags ?? {}).flatMap(([name, isSet]) => (isSet ? [name] : []));

/** Parameters that may be given several times; each text must be part of one of the field's. */
export const listFilters: Readonly<Record<string, FieldFilter<readonly string[]>>> = {
  attributeNames: { ofEntry: ({ attributes }) => Object.keys(attributes ?? {}) },
  tags: both(({ tags }) => tags),
  arch: { ...both(({ architectures }) => architectures), takesEmpty: true },
  resources: both(({ resources }) => resources),
  starterProjects: both(({ starterProjects }) => starterProjects),
  linkNames: both(({ links }) => Object.keys(links ?? {})),
  links: both(({ links }) => Object.values(links ?? {})),
  commandGroups: both(({ commandGroups }) => namesOf(commandGroups)),
  deploymentScopes: both(({ deploymentScopes }) => namesOf(deploymentScopes)),
  gitRemoteNames: both((value) => Object.keys(value.git?.remotes ?? {})),
  gitRemotes: both((value) => Object.values(value.git?.remotes ?? {})),
};
