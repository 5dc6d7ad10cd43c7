import type { IndexEntry, IndexVersion } from '../types.ts';

/** Members in the order in which the official server writes them. */
const entryOrder = [
  'name',
  'version',
  'attributes',
  'displayName',
  'description',
  'type',
  'tags',
  'architectures',
  'icon',
  'globalMemoryLimit',
  'projectType',
  'language',
  'links',
  'commandGroups',
  'deploymentScopes',
  'resources',
  'starterProjects',
  'git',
  'provider',
  'supportUrl',
  'versions',
  'lastModified',
] as const satisfies readonly (keyof IndexEntry)[];

const versionOrder = [
  'version',
  'schemaVersion',
  'default',
  'git',
  'description',
  'tags',
  'architectures',
  'icon',
  'links',
  'commandGroups',
  'deploymentScopes',
  'resources',
  'starterProjects',
  'lastModified',
] as const satisfies readonly (keyof IndexVersion)[];

const rendered = new WeakMap<IndexEntry, string>();

/** An entry as a part of the index; kept, because most answers are made of the same ones. */
function renderEntry(entry: IndexEntry): string {
  const known = rendered.get(entry);
  if (known !== undefined) return known;
  const versions = entry.versions?.map((version) => order(version, versionOrder));
  const text = JSON.stringify(
    order({ ...entry, ...(versions === undefined ? {} : { versions }) }, entryOrder),
    null,
    2,
  );
  const indented = `  ${text.replaceAll('\n', '\n  ')}`;
  rendered.set(entry, indented);
  return indented;
}

/** The JSON text of an index. */
export function renderIndex(entries: readonly IndexEntry[]): string {
  return entries.length === 0 ? '[]' : `[\n${entries.map(renderEntry).join(',\n')}\n]`;
}

function order(value: object, keys: readonly string[]): Readonly<Record<string, unknown>> {
  const members = new Map(Object.entries(value));
  return Object.fromEntries(keys.flatMap((key) => (members.get(key) === undefined ? [] : [[key, members.get(key)]])));
}
