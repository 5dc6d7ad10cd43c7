import { registryLimits } from '../limits.ts';
import { present } from '../read/present.ts';
import type { EntryType, GitReference, IndexEntry, IndexVersion } from '../types.ts';

const mostTexts = 1000;

/**
 * The entries in an index that another registry has sent. Members of another kind than they should be are left out, and
 * so are entries without a name; of an old index the entry itself is the one version. Undefined when it is no index.
 */
export function readIndex(text: string): readonly IndexEntry[] | undefined {
  const value = parse(text);
  // A registry without stacks answers an object that says so.
  if (isMap(value)) return typeof value['status'] === 'string' ? [] : undefined;
  if (Array.isArray(value) && value.length > 2 * registryLimits.stacks) return undefined;
  return readList(value, 2 * registryLimits.stacks, readEntry);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readEntry(value: unknown): IndexEntry | undefined {
  if (!isMap(value)) return undefined;
  const name = readText(value['name']);
  if (name === undefined) return undefined;
  const type: EntryType = value['type'] === 'sample' ? 'sample' : 'stack';
  const versions = readList(value['versions'], registryLimits.versions, readVersion) ?? [];
  const single = versions.length === 0 && type === 'stack' ? readVersion({ ...value, default: true }) : undefined;
  return {
    name,
    type,
    ...present({
      displayName: readText(value['displayName']),
      description: readText(value['description']),
      tags: readTexts(value['tags']),
      architectures: readTexts(value['architectures']),
      icon: readText(value['icon'], registryLimits.iconBytes * 2),
      globalMemoryLimit: readText(value['globalMemoryLimit']),
      projectType: readText(value['projectType']),
      language: readText(value['language']),
      git: readGit(value['git']),
      provider: readText(value['provider']),
      supportUrl: readText(value['supportUrl']),
      versions: single === undefined ? versions : [single],
      lastModified: readText(value['lastModified']),
    }),
  };
}

function readVersion(value: unknown): IndexVersion | undefined {
  if (!isMap(value)) return undefined;
  const version = readText(value['version']);
  if (version === undefined) return undefined;
  return {
    version,
    schemaVersion: readText(value['schemaVersion']) ?? '',
    ...(value['default'] === true ? { default: true as const } : {}),
    ...present({
      git: readGit(value['git']),
      description: readText(value['description']),
      tags: readTexts(value['tags']),
      architectures: readTexts(value['architectures']),
      icon: readText(value['icon'], registryLimits.iconBytes * 2),
      links: readTextMap(value['links']),
      commandGroups: readFlags(value['commandGroups']),
      deploymentScopes: readFlags(value['deploymentScopes']),
      resources: readTexts(value['resources']),
      starterProjects: readTexts(value['starterProjects']),
      lastModified: readText(value['lastModified']),
    }),
  };
}

function readGit(value: unknown): GitReference | undefined {
  if (!isMap(value)) return undefined;
  return present({
    remotes: readTextMap(value['remotes']),
    url: readText(value['url']),
    remoteName: readText(value['remoteName']),
    subDir: readText(value['subDir']),
    revision: readText(value['revision']),
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(value: unknown, most = 10_000): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : undefined;
}

/** The members of a list that are of the right kind, as far as it may be long; undefined when it is no list. */
function readList<Member>(
  value: unknown,
  most: number,
  read: (member: unknown) => Member | undefined,
): readonly Member[] | undefined {
  return Array.isArray(value) ? value.slice(0, most).flatMap((each: unknown) => read(each) ?? []) : undefined;
}

function readTexts(value: unknown): readonly string[] | undefined {
  return readList(value, mostTexts, (each) => readText(each));
}

/** The members of a map that are of the right kind; undefined when it is no map. */
function readRecord<Member>(
  value: unknown,
  read: (member: unknown) => Member | undefined,
): Readonly<Record<string, Member>> | undefined {
  if (!isMap(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const member = read(each);
      return member === undefined ? [] : [[key, member]];
    }),
  );
}

function readTextMap(value: unknown): Readonly<Record<string, string>> | undefined {
  return readRecord(value, (each) => readText(each));
}

function readFlags(value: unknown): Readonly<Record<string, boolean>> | undefined {
  return readRecord(value, (each) => each === true);
}
