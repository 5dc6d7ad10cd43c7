import { join } from 'node:path';
import { recogniseIcon, toDataAddress } from '../icons/picture.ts';
import { registryLimits } from '../limits.ts';
import type { IndexEntry, Stack } from '../types.ts';
import { compareVersions, isVersion } from '../versions.ts';
import { type DocumentMap, makeDiagnostic, readDocument } from './document.ts';
import { readTextFile } from './folder-files.ts';
import { present } from './present.ts';
import { type Reading, type ReadVersion, readVersion } from './read-version.ts';

export interface StackPlace {
  readonly folder: string;
  /** How diagnostics name the folder. */
  readonly file: string;
  readonly folderName: string;
}

/** The fields of a stack.yaml. */
const stackKeys = [
  'name',
  'displayName',
  'description',
  'icon',
  'versions',
  'tags',
  'architectures',
  'attributes',
  'globalMemoryLimit',
  'projectType',
  'language',
  'provider',
  'supportUrl',
  'links',
  'type',
  'deploymentScopes',
];

/** Reads a stack from its folder in the official layout. Undefined when nothing of it can be served, which is reported. */
export async function readStack(place: StackPlace, reading: Reading): Promise<Stack | undefined> {
  const { report } = reading;
  if (!isName(place.folderName)) {
    report(makeDiagnostic('registry.bad-name', 'error', place.file, 'the folder cannot be part of an address'));
    return undefined;
  }
  const stackFile = `${place.file}/stack.yaml`;
  const text = await readTextFile(join(place.folder, 'stack.yaml'), stackFile, report);
  const stackYaml = text === undefined ? undefined : readDocument(text, stackFile, report);
  if (text !== undefined && stackYaml === undefined) return undefined;
  const versions =
    stackYaml === undefined ? await readSingle(place, reading) : await readListed(place, stackYaml, reading);
  const [newest] = versions;
  if (newest === undefined) return undefined;
  const entry = makeEntry(stackYaml, versions);
  if (!checkName(entry.name, place, stackYaml ?? newest.summary.metadata, reading)) return undefined;
  checkRecommended(entry, versions, stackYaml ?? newest.summary.metadata);
  return { entry, folderName: place.folderName, versions };
}

/** A stack of one devfile: what it says is the stack's and the version's. */
async function readSingle({ folder, file, folderName }: StackPlace, reading: Reading): Promise<readonly ReadVersion[]> {
  const version = await readVersion({ folder, file, stack: folderName, isDefault: true }, reading);
  return version === undefined ? [] : [version];
}

/** The versions that stack.yaml lists, the newest first; none when the stack as a whole cannot be served. */
async function readListed(
  place: StackPlace,
  stackYaml: DocumentMap,
  reading: Reading,
): Promise<readonly ReadVersion[]> {
  stackYaml.warnUnknown(stackKeys);
  const missing = ['name', 'displayName', 'icon'].filter((key) => (stackYaml.readText(key) ?? '') === '');
  for (const key of missing)
    stackYaml.report('registry.missing-field', 'error', key, `${key} is not set in stack.yaml`);
  const listed = stackYaml.readMaps('versions');
  if (listed.length === 0) {
    stackYaml.report('registry.missing-field', 'error', 'versions', 'stack.yaml lists no versions');
    return [];
  }
  if (listed.length > registryLimits.versions) {
    stackYaml.report(
      'registry.too-large',
      'error',
      'versions',
      `more than ${registryLimits.versions} versions are listed`,
    );
    return [];
  }
  const defaults = listed.filter((map) => map.readBoolean('default') === true);
  if (defaults.length !== 1) {
    const what = defaults.length === 0 ? 'no version is the default' : `${defaults.length} versions are the default`;
    stackYaml.report('registry.default-version', 'error', 'versions', what);
  }
  const versions: ReadVersion[] = [];
  const seen = new Set<string>();
  for (const map of listed) {
    const version = readListedVersion(map, seen);
    if (version === undefined) continue;
    const read = await readVersion(
      {
        folder: join(place.folder, version),
        file: `${place.file}/${version}`,
        stack: place.folderName,
        version,
        isDefault: map === defaults[0],
        listed: map,
      },
      reading,
    );
    if (read !== undefined) versions.push(read);
  }
  // Everything was read, so that all mistakes are told together; nobody could use a stack without its default version.
  const hasDefault = versions.some(({ entry }) => entry.default === true);
  if (missing.length > 0 || defaults.length !== 1 || !hasDefault) return [];
  return versions.sort((left, right) => compareVersions(right.entry.version, left.entry.version));
}

function readListedVersion(map: DocumentMap, seen: Set<string>): string | undefined {
  map.warnUnknown([
    'version',
    'default',
    'git',
    'description',
    'tags',
    'architectures',
    'icon',
    'schemaVersion',
    'deploymentScopes',
  ]);
  const version = map.readText('version');
  if (version === undefined) {
    map.report('registry.missing-field', 'error', 'version', 'a version in stack.yaml has no number');
    return undefined;
  }
  if (!isVersion(version)) {
    map.report('registry.bad-name', 'error', 'version', `${JSON.stringify(version)} is no version such as 1.2.0`);
    return undefined;
  }
  if (seen.has(version)) {
    map.report('registry.version-mismatch', 'error', 'version', `version ${version} is listed twice`);
    return undefined;
  }
  seen.add(version);
  if (map.has('git')) {
    map.report(
      'registry.git-version',
      'warning',
      'git',
      `version ${version} is only a reference to Git and is left out`,
    );
    return undefined;
  }
  return version;
}

/** What stack.yaml says, else what the devfiles say, in the order in which they are read. */
function makeEntry(stackYaml: DocumentMap | undefined, versions: readonly ReadVersion[]): IndexEntry {
  const read = (key: 'displayName' | 'description' | 'icon' | 'projectType' | 'language' | 'provider' | 'supportUrl') =>
    stackYaml?.readText(key) ??
    versions.map(({ summary }) => summary.ofStack[key]).find((value) => value !== undefined);
  const standard = versions.find(({ entry }) => entry.default === true)?.entry;
  const tags = [...new Set([...(stackYaml?.readTexts('tags') ?? []), ...(standard?.tags ?? [])])];
  const isForAll = versions.some(({ entry }) => entry.architectures === undefined);
  const named = versions.flatMap(({ entry }) => entry.architectures ?? []);
  return {
    name: stackYaml?.readText('name') ?? versions[0]?.summary.name ?? '',
    ...present({
      attributes: stackYaml?.readValue('attributes') as Readonly<Record<string, unknown>> | undefined,
      displayName: read('displayName'),
      description: read('description'),
      tags,
      architectures: isForAll ? undefined : [...new Set([...(stackYaml?.readTexts('architectures') ?? []), ...named])],
      icon: embedIcon(read('icon'), versions),
      globalMemoryLimit: stackYaml?.readText('globalMemoryLimit'),
      projectType: read('projectType'),
      language: read('language'),
      deploymentScopes: stackYaml?.readBooleanMap('deploymentScopes'),
      provider: read('provider'),
      supportUrl: read('supportUrl'),
      versions: versions.map(({ entry }) => entry),
      lastModified: latestOf(versions.map(({ entry }) => entry.lastModified)),
    }),
    type: 'stack',
  };
}

/** The largest icon that is put into the index. */
const mostIconBytes = 64 * 1024;

/** An icon that is a file of the stack as a `data:` address, since nobody else could find it. */
function embedIcon(icon: string | undefined, versions: readonly ReadVersion[]): string | undefined {
  if (icon === undefined || /^[a-z][a-z0-9+.-]*:/i.test(icon)) return icon;
  const path = icon.replace(/^\.\//, '');
  const inOrder = versions.toSorted(
    (left, right) => Number(right.entry.default ?? false) - Number(left.entry.default ?? false),
  );
  const file = inOrder.flatMap(({ content }) => content.files).find((each) => each.path === path);
  const picture = file === undefined || file.bytes.length > mostIconBytes ? undefined : recogniseIcon(file.bytes);
  return picture === undefined ? icon : toDataAddress(picture);
}

function latestOf(dates: readonly (string | undefined)[]): string | undefined {
  return dates.filter((date) => date !== undefined).sort((left, right) => Date.parse(right) - Date.parse(left))[0];
}

function checkName(
  name: string,
  { folderName, file }: StackPlace,
  map: DocumentMap | undefined,
  { report }: Reading,
): boolean {
  if (!isName(name)) {
    if (name !== '')
      report(makeDiagnostic('registry.bad-name', 'error', file, `${JSON.stringify(name)} is no name of a stack`));
    return false;
  }
  if (name !== folderName)
    map?.report('registry.name-mismatch', 'warning', 'name', `the stack is called ${name}, its folder ${folderName}`);
  return true;
}

/** What a registry takes a stack without, but its users miss. */
function checkRecommended(entry: IndexEntry, versions: readonly ReadVersion[], map: DocumentMap | undefined): void {
  for (const key of ['provider', 'supportUrl'] as const) {
    if (entry[key] === undefined) map?.report('registry.missing-field', 'warning', key, `${key} is not set`);
  }
  for (const { entry: version, summary } of versions) {
    const { metadata } = summary;
    if (version.architectures === undefined) {
      const message = `${version.version} names no architectures, which means all of them`;
      metadata?.report('registry.missing-field', 'warning', 'architectures', message);
    }
    checkScopes(version.deploymentScopes, metadata);
  }
  checkScopes(entry.deploymentScopes, map);
}

function checkScopes(scopes: Readonly<Record<string, boolean>> | undefined, map: DocumentMap | undefined): void {
  for (const scope of Object.keys(scopes ?? {})) {
    if (scope === 'innerloop' || scope === 'outerloop') continue;
    map?.report('registry.deployment-scope', 'error', 'deploymentScopes', `there is no deployment scope ${scope}`);
  }
}

/** What can be part of an address, of a folder's name and of an OCI repository's. */
export function isName(text: string): boolean {
  return /^[a-z0-9]+(?:(?:[._]|-{1,3})[a-z0-9]+)*$/.test(text) && text.length <= 100;
}
