import type { IndexEntry, IndexVersion } from '../types.ts';

/**
 * The entries as `/index` has them: what the default version says stands in the entry itself. A stack without a default
 * version is left out (devfile registry, v1 index).
 */
export function toOldIndex(entries: readonly IndexEntry[]): IndexEntry[] {
  return entries.flatMap((entry) => {
    const { versions = [], ...rest } = entry;
    if (versions.length === 0) return entry.type === 'sample' ? [rest] : [];
    const standard = versions.find((version) => version.default === true);
    return standard === undefined ? [] : [flatten(rest, standard)];
  });
}

function flatten(entry: IndexEntry, version: IndexVersion): IndexEntry {
  const { tags, architectures } = version;
  return {
    ...entry,
    ...(tags === undefined ? {} : { tags }),
    ...(architectures === undefined ? {} : { architectures }),
    ...(entry.type === 'sample'
      ? pick(version, ['git'])
      : pick(version, ['links', 'resources', 'starterProjects', 'version'])),
  };
}

function pick(version: IndexVersion, keys: readonly (keyof IndexVersion & keyof IndexEntry)[]): Partial<IndexEntry> {
  return Object.fromEntries(keys.flatMap((key) => (version[key] === undefined ? [] : [[key, version[key]]])));
}
