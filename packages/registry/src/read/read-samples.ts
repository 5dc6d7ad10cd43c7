import { join } from 'node:path';
import type { GitReference, IndexEntry, IndexVersion, Stack, StackContent, StackVersion } from '../types.ts';
import { isVersion } from '../versions.ts';
import { type DocumentMap, readDocument } from './document.ts';
import { isFolder, readTextFile } from './folder-files.ts';
import { present } from './present.ts';
import { isName } from './read-stack.ts';
import { type Reading, readStackDevfile } from './read-version.ts';

/**
 * Reads the samples of `extraDevfileEntries.yaml`, which are references to Git repositories. Their devfiles are those in
 * `samples/NAME[/VERSION]/`, where somebody has put them.
 */
export async function readSamples(folder: string, reading: Reading): Promise<readonly Stack[]> {
  const { report } = reading;
  const file = 'extraDevfileEntries.yaml';
  const text = await readTextFile(join(folder, file), file, report);
  const document = text === undefined ? undefined : readDocument(text, file, report);
  if (document === undefined) return [];
  document.warnUnknown(['schemaVersion', 'samples', 'stacks']);
  const samples: Stack[] = [];
  for (const map of document.readMaps('samples')) {
    const sample = await readSample(map, folder, reading);
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

async function readSample(map: DocumentMap, folder: string, reading: Reading): Promise<Stack | undefined> {
  const name = map.readText('name');
  if (name === undefined || !isName(name)) {
    const what = name === undefined ? 'a sample has no name' : `${JSON.stringify(name)} is no name of a sample`;
    map.report(name === undefined ? 'registry.missing-field' : 'registry.bad-name', 'error', 'name', what);
    return undefined;
  }
  const listed = map.readMaps('versions');
  const isCached = await isFolder(join(folder, 'samples'));
  const versions: StackVersion[] = [];
  for (const each of listed) {
    const entry = readSampleVersion(each, name, reading);
    if (entry === undefined) continue;
    const content = isCached ? await readSampleContent(folder, `${name}/${entry.version}`, each, reading) : undefined;
    versions.push({ entry, ...present({ content }) });
  }
  const git = readGit(map);
  if (listed.length === 0 && !checkGit(git, map)) return undefined;
  if (listed.length > 0 && versions.length === 0) return undefined;
  checkDefault(versions, map);
  const entry = makeSampleEntry(map, name, versions, reading);
  for (const key of ['provider', 'supportUrl', 'architectures'] as const) {
    if (entry[key] === undefined) map.report('registry.missing-field', 'warning', key, `${key} of ${name} is not set`);
  }
  const content = listed.length === 0 && isCached ? await readSampleContent(folder, name, map, reading) : undefined;
  return { entry, folderName: name, versions, ...present({ content }) };
}

function makeSampleEntry(
  map: DocumentMap,
  name: string,
  versions: readonly StackVersion[],
  reading: Reading,
): IndexEntry {
  const dates = versions.flatMap(({ entry }) => entry.lastModified ?? []);
  const own = dates.sort((left, right) => Date.parse(right) - Date.parse(left))[0];
  return {
    name,
    ...present({
      attributes: map.readValue('attributes') as Readonly<Record<string, unknown>> | undefined,
      displayName: map.readText('displayName'),
      description: map.readText('description'),
      tags: map.readTexts('tags'),
      architectures: map.readTexts('architectures'),
      icon: map.readText('icon'),
      globalMemoryLimit: map.readText('globalMemoryLimit'),
      projectType: map.readText('projectType'),
      language: map.readText('language'),
      deploymentScopes: map.readBooleanMap('deploymentScopes'),
      git: readGit(map),
      provider: map.readText('provider'),
      supportUrl: map.readText('supportUrl'),
      versions: versions.map(({ entry }) => entry),
      lastModified: own ?? reading.lastModified.get(`${name}\nundefined`),
    }),
    type: 'sample',
  };
}

function readSampleVersion(map: DocumentMap, name: string, reading: Reading): IndexVersion | undefined {
  const version = map.readText('version');
  if (version === undefined || !isVersion(version)) {
    map.report('registry.bad-name', 'error', 'version', `a version of the sample ${name} has no number such as 1.2.0`);
    return undefined;
  }
  const git = readGit(map);
  if (!checkGit(git, map)) return undefined;
  const schemaVersion = map.readText('schemaVersion');
  if (schemaVersion === undefined) {
    map.report(
      'registry.missing-field',
      'error',
      'schemaVersion',
      `version ${version} of ${name} has no schemaVersion`,
    );
    return undefined;
  }
  return {
    version,
    schemaVersion,
    ...(map.readBoolean('default') === true ? { default: true as const } : {}),
    ...present({
      git,
      description: map.readText('description'),
      tags: map.readTexts('tags'),
      architectures: map.readTexts('architectures'),
      icon: map.readText('icon'),
      links: map.readTextMap('links'),
      commandGroups: map.readBooleanMap('commandGroups'),
      deploymentScopes: map.readBooleanMap('deploymentScopes'),
      resources: map.readTexts('resources'),
      starterProjects: map.readTexts('starterProjects'),
      lastModified: reading.lastModified.get(`${name}\n${version}`),
    }),
  };
}

function readGit(map: DocumentMap): GitReference | undefined {
  const git = map.readMap('git');
  if (git === undefined) return undefined;
  return present({
    remotes: git.readTextMap('remotes'),
    url: git.readText('url'),
    remoteName: git.readText('remoteName'),
    subDir: git.readText('subDir'),
    revision: git.readText('revision'),
  });
}

function checkGit(git: GitReference | undefined, map: DocumentMap): boolean {
  const count = Object.keys(git?.remotes ?? {}).length;
  if (git !== undefined && count <= 1) return true;
  const what = git === undefined ? 'a sample names no Git repository' : `a sample names ${count} remotes`;
  map.report('registry.sample-source', 'error', 'git', what);
  return false;
}

function checkDefault(versions: readonly StackVersion[], map: DocumentMap): void {
  const count = versions.filter(({ entry }) => entry.default === true).length;
  if (versions.length === 0 || count === 1) return;
  const what = count === 0 ? 'no version is the default' : `${count} versions are the default`;
  map.report('registry.default-version', 'error', 'versions', what);
}

async function readSampleContent(
  folder: string,
  path: string,
  map: DocumentMap,
  reading: Reading,
): Promise<StackContent | undefined> {
  const place = join(folder, 'samples', path);
  if (!(await isFolder(place))) {
    map.report('registry.no-folder', 'error', 'version', `there is no folder samples/${path}`);
    return undefined;
  }
  const found = await readStackDevfile(place, `samples/${path}`, reading);
  if (found === undefined) return undefined;
  return { devfileName: found.name, devfile: found.text, starters: found.summary.starters, files: [], folder: place };
}
