import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Fetcher, readDevfile } from '@devstead/devfile';
import { hasErrors } from '@devstead/kit';
import type { IndexVersion, StackContent, StackFile } from '../types.ts';
import { isVersion } from '../versions.ts';
import { type DevfileSummary, summariseDevfile } from './devfile-summary.ts';
import { type DocumentMap, makeDiagnostic, type Report } from './document.ts';
import { type Budget, type FoundFile, isFolder, listFolder, readFolderFiles, readTextFile } from './folder-files.ts';
import { present } from './present.ts';
import { isApart, packRest } from './stack-archive.ts';

/** What reading a source goes by. */
export interface Reading {
  readonly report: Report;
  readonly budget: Budget;
  /** Brings the parents of devfiles; without one they are left unread. */
  readonly fetcher?: Fetcher;
  /** When a version was last changed, by its stack and itself (`last_modified.json`); else its newest file says. */
  readonly lastModified: ReadonlyMap<string, string>;
}

export interface VersionPlace {
  readonly folder: string;
  /** How diagnostics name the folder. */
  readonly file: string;
  /** The name of the stack's folder. */
  readonly stack: string;
  /** What stack.yaml calls the version; absent for a stack of one devfile. */
  readonly version?: string;
  readonly isDefault: boolean;
  /** Places a problem in stack.yaml. */
  readonly listed?: DocumentMap;
}

export interface ReadVersion {
  readonly entry: IndexVersion;
  readonly content: StackContent;
  readonly summary: DevfileSummary;
}

/** Reads one version of a stack. Undefined when it cannot be served, which is reported. */
export async function readVersion(place: VersionPlace, reading: Reading): Promise<ReadVersion | undefined> {
  const { folder, file, listed } = place;
  if (listed !== undefined && !(await isFolder(folder))) {
    listed.report('registry.no-folder', 'error', 'version', `there is no folder ${file}`);
    return undefined;
  }
  const found = await readStackDevfile(folder, file, reading);
  if (found === undefined) return undefined;
  const { summary } = found;
  const version = judgeVersion(place, found, reading.report);
  const files = await readFiles(folder, file, listStarterFolders(summary), reading);
  if (version === undefined || files === undefined || !(await checkStarters(place, found))) return undefined;
  const newest = files.reduce((latest, { modifiedMs }) => Math.max(latest, modifiedMs), 0);
  const entry: IndexVersion = {
    version,
    schemaVersion: summary.schemaVersion,
    ...(place.isDefault ? { default: true as const } : {}),
    ...present({
      ...summary.ofVersion,
      links: { self: `devfile-catalog/${place.stack}:${version}` },
      resources: await listResources(folder, files),
      lastModified: reading.lastModified.get(`${summary.name}\n${version}`) ?? formatDate(newest),
    }),
  };
  const content: StackContent = {
    devfileName: found.name,
    devfile: found.text,
    starters: summary.starters,
    files: files.map(({ path, bytes, isExecutable }): StackFile => ({ path, bytes, isExecutable })),
    folder,
  };
  return { entry, content, summary };
}

interface FoundDevfile {
  readonly name: string;
  readonly text: string;
  readonly file: string;
  readonly summary: DevfileSummary;
}

/** The devfile of a folder, judged by the rules of the format; reported and undefined where no registry takes it. */
export async function readStackDevfile(
  folder: string,
  file: string,
  reading: Reading,
): Promise<FoundDevfile | undefined> {
  const { report, fetcher } = reading;
  const texts = [];
  for (const name of ['devfile.yaml', '.devfile.yaml']) {
    const text = await readTextFile(join(folder, name), `${file}/${name}`, report);
    if (text !== undefined) texts.push({ name, text });
  }
  const [first, second] = texts;
  if (first === undefined || second !== undefined) {
    const what = first === undefined ? 'no devfile.yaml' : 'both devfile.yaml and .devfile.yaml';
    report(makeDiagnostic('registry.no-devfile', 'error', file, `the folder has ${what}`));
    return undefined;
  }
  const shown = `${file}/${first.name}`;
  const judged = await readDevfile(first.text, {
    file: shown,
    profile: 'strict',
    location: pathToFileURL(join(folder, first.name)).href,
    ...(fetcher === undefined ? {} : { fetcher }),
  });
  // Without a fetcher parents are left unread on purpose.
  const told = judged.diagnostics.filter(
    ({ code, severity }) => severity !== 'info' && !(fetcher === undefined && code === 'devfile.import-unread'),
  );
  for (const diagnostic of told) report(diagnostic);
  if (hasErrors(judged.diagnostics)) {
    report(makeDiagnostic('registry.devfile-invalid', 'error', shown, 'the devfile is not valid'));
    return undefined;
  }
  const summary = summariseDevfile(first.text, shown, report);
  return summary === undefined ? undefined : { ...first, file: shown, summary };
}

/** The required members of `metadata`, and the version, which is the same wherever it is written. */
function judgeVersion(place: VersionPlace, { summary, file }: FoundDevfile, report: Report): string | undefined {
  const { version, metadata } = summary;
  const missing = ['name', 'displayName', 'language', 'projectType', 'version'].filter(
    (key) => (metadata?.readText(key) ?? '') === '',
  );
  for (const key of missing) {
    const message = `metadata.${key} is not set`;
    if (metadata === undefined) report(makeDiagnostic('registry.missing-field', 'error', file, message));
    else metadata.report('registry.missing-field', 'error', key, message);
  }
  if (version === undefined || missing.length > 0) return undefined;
  if (!isVersion(version)) {
    metadata?.report('registry.bad-name', 'error', 'version', `${JSON.stringify(version)} is no version such as 1.2.0`);
    return undefined;
  }
  if (place.version !== undefined && place.version !== version) {
    const message = `the devfile says that it is version ${version}, stack.yaml that it is ${place.version}`;
    metadata?.report('registry.version-mismatch', 'error', 'version', message);
    return undefined;
  }
  return version;
}

async function readFiles(
  folder: string,
  file: string,
  starters: ReadonlySet<string>,
  reading: Reading,
): Promise<readonly FoundFile[] | undefined> {
  const files = await readFolderFiles(folder, {
    file,
    budget: reading.budget,
    report: reading.report,
    isLeftOut: (path) => /^[^/]*\.zip$/.test(path) || path === 'stack.yaml' || starters.has(path),
  });
  if (files === undefined || files.some(({ path }) => path === 'archive.tar')) return files;
  const archive = await packRest(files);
  if (archive === undefined) return files;
  return [...files, { path: 'archive.tar', bytes: archive, isExecutable: false, modifiedMs: 0 }];
}

/** The files of the top folder that clients ask for by name, archives of starters included. */
async function listResources(folder: string, files: readonly FoundFile[]): Promise<readonly string[]> {
  const zips = (await listFolder(folder)).filter(({ name, isFolder: is }) => !is && name.endsWith('.zip'));
  const names = [
    ...files.map(({ path }) => path).filter((path) => isApart(path) && path !== 'OWNERS'),
    ...zips.map(({ name }) => name),
  ];
  return names.sort();
}

/** Folders whose archives are starters: they are packed when somebody asks, and are no files of the stack itself. */
function listStarterFolders({ starters }: DevfileSummary): ReadonlySet<string> {
  return new Set(
    starters.flatMap(({ zip }) =>
      /^[^/:]+\.zip$/.test(zip?.location ?? '') ? [zip?.location.slice(0, -4) ?? ''] : [],
    ),
  );
}

/**
 * An archive that a starter names by a path must be there, or a folder of its name to make it of; a devfile without it
 * promises what nobody can get.
 */
async function checkStarters({ folder }: VersionPlace, { summary }: FoundDevfile): Promise<boolean> {
  const maps = summary.document.readMaps('starterProjects');
  let isFine = true;
  for (const { name, zip } of summary.starters) {
    const location = zip?.location;
    if (location === undefined || /^[a-z][a-z0-9+.-]*:/i.test(location)) continue;
    const places = [location, `${name}-offline.zip`].map((path) => isPlainFile(folder, path));
    if ((await Promise.all([...places, isStarterFolder(folder, location)])).includes(true)) continue;
    isFine = false;
    const map = maps.find((each) => each.readText('name') === name);
    map?.report(
      'registry.starter',
      'error',
      'zip',
      `the starter ${name} is to be ${location}, which is not in the stack`,
    );
  }
  return isFine;
}

async function isStarterFolder(folder: string, location: string): Promise<boolean> {
  return /^[^/]+\.zip$/.test(location) && (await isFolder(join(folder, location.slice(0, -4))));
}

async function isPlainFile(folder: string, path: string): Promise<boolean> {
  const steps = path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..')) return false;
  const names = await listFolder(join(folder, ...steps.slice(0, -1)));
  return names.some(({ name, isFolder: is }) => name === steps.at(-1) && !is);
}

/** RFC 3339, to the second. */
function formatDate(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
