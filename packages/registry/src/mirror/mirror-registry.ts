import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { openRemoteLibrary } from '../client/remote-library.ts';
import type { StackLibrary } from '../client/stack-library.ts';
import { summariseDevfile } from '../read/devfile-summary.ts';
import { isName } from '../read/read-stack.ts';
import { withPlainFolder } from '../starters/plain-folder.ts';
import { zipFolder } from '../starters/zip-folder.ts';
import type { IndexEntry, IndexVersion, StackFile, StarterReference } from '../types.ts';
import { isVersion } from '../versions.ts';
import type { World } from '../world.ts';
import { renderStackYaml } from './render-stack-yaml.ts';

export interface MirrorSettings {
  readonly address: string;
  /** The folder that is made, or replaced when it is one that was made before. */
  readonly folder: string;
  readonly world: World;
  /** Only these; default: all. */
  readonly stacks?: readonly string[];
  /** Only default versions. */
  readonly isDefaultOnly?: boolean;
  /** Starter projects are left where they are. */
  readonly isWithoutStarters?: boolean;
  readonly onProgress?: (progress: MirrorProgress) => void;
  readonly signal: AbortSignal;
}

export interface MirrorProgress {
  readonly stack: string;
  readonly version: string;
  readonly done: number;
  readonly total: number;
}

export interface MirrorResult {
  readonly stacks: number;
  readonly versions: number;
  readonly starters: number;
  /** What could not be brought: a starter, a version, a stack. */
  readonly missing: readonly { readonly what: string; readonly reason: string }[];
}

/** What says that a folder is a mirror and may be replaced. */
export const mirrorMark = '.devstead-mirror.json';

/**
 * Copies the stacks of a registry into a folder in the official layout, starter projects as archives beside their
 * devfiles, so that it can be served without a network. The folder is put in place when everything is there; what single
 * stacks lack is said. Throws STACK_REGISTRY_FAILED where there is no index to be had.
 */
export async function mirrorRegistry(settings: MirrorSettings): Promise<MirrorResult> {
  const { address, folder, world, signal, onProgress } = settings;
  const library = openRemoteLibrary(address, world);
  const entries = chooseEntries(await library.listStacks('stack'), settings);
  await mkdir(dirname(folder), { recursive: true });
  const stage = await mkdtemp(join(dirname(folder), '.mirror-'));
  const run: Run = {
    library,
    world,
    settings,
    stage,
    missing: [],
    dates: [],
    counts: { stacks: 0, versions: 0, starters: 0 },
  };
  try {
    const total = entries.reduce((sum, { versions = [] }) => sum + versions.length, 0);
    let done = 0;
    await mkdir(join(stage, 'stacks'));
    for (const entry of entries) {
      const versions: IndexVersion[] = [];
      for (const version of entry.versions ?? []) {
        signal.throwIfAborted();
        onProgress?.({ stack: entry.name, version: version.version, done, total });
        if (await mirrorVersion(run, entry, version)) versions.push(version);
        done += 1;
      }
      if (versions.length > 0) await writeStack(run, entry, versions);
    }
    await writeJson(join(stage, 'last_modified.json'), { stacks: run.dates });
    await writeJson(join(stage, mirrorMark), { address });
    await rm(folder, { recursive: true, force: true });
    await rename(stage, folder);
    return { ...run.counts, missing: run.missing };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

interface Run {
  readonly library: StackLibrary;
  readonly world: World;
  readonly settings: MirrorSettings;
  readonly stage: string;
  readonly missing: { what: string; reason: string }[];
  readonly dates: { name: string; version: string; lastModified: string }[];
  readonly counts: { stacks: number; versions: number; starters: number };
}

function chooseEntries(
  entries: readonly IndexEntry[],
  { stacks, isDefaultOnly, address }: MirrorSettings,
): readonly IndexEntry[] {
  const unknown = stacks?.find((name) => !entries.some((entry) => entry.name === name));
  if (unknown !== undefined) throw new AppError('STACK_NOT_FOUND', `${address} has no stack ${unknown}`);
  const chosen = stacks === undefined ? entries : entries.filter(({ name }) => stacks.includes(name));
  if (isDefaultOnly !== true) return chosen;
  return chosen.map((entry) => ({
    ...entry,
    versions: entry.versions?.filter((version) => version.default === true) ?? [],
  }));
}

async function mirrorVersion(
  run: Run,
  { name }: IndexEntry,
  { version, lastModified }: IndexVersion,
): Promise<boolean> {
  const { library, stage, settings } = run;
  const what = `${name} ${version}`;
  // They become names of folders here.
  if (!isName(name) || !isVersion(version)) {
    run.missing.push({ what: JSON.stringify(what.slice(0, 200)), reason: 'it cannot be the name of a folder' });
    return false;
  }
  const folder = join(stage, 'stacks', name, version);
  try {
    const files = await library.readFiles(name, version);
    for (const file of files) await writeStackFile(folder, file);
    run.counts.versions += 1;
    if (lastModified !== undefined) run.dates.push({ name, version, lastModified });
    if (settings.isWithoutStarters !== true) await mirrorStarters(run, { name, version, folder, files });
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    run.missing.push({ what, reason: error.message });
    await rm(folder, { recursive: true, force: true });
    return false;
  }
}

/** A version that was copied. */
interface Copied {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly files: readonly StackFile[];
}

async function mirrorStarters(run: Run, copied: Copied): Promise<void> {
  for (const starter of readStarters(copied.files)) {
    run.settings.signal.throwIfAborted();
    try {
      await mirrorStarter(run, copied, starter);
      run.counts.starters += 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const what = `${copied.name} ${copied.version}, starter ${starter.name}`;
      run.missing.push({ what, reason: error.message });
    }
  }
}

/** A starter from where the devfile says; one that cannot be had there, or lies in the registry, as that hands it out. */
async function mirrorStarter(run: Run, { name, version, folder }: Copied, starter: StarterReference): Promise<void> {
  const { library, world, settings } = run;
  const target = join(folder, `${starter.name}-offline.zip`);
  const stage = await mkdtemp(join(run.stage, '.starter-'));
  try {
    const sources = join(stage, 'sources');
    let root: string | undefined;
    if (starter.git !== undefined || /^https?:/i.test(starter.zip?.location ?? '')) {
      root = await world.fetchStarter(withPlainFolder(starter), sources, settings.signal).catch(passOnlyFailures);
    }
    if (root === undefined) {
      const taken = join(stage, 'taken.zip');
      root = join(stage, 'taken');
      await library.saveStarter(name, starter.name, taken, version);
      await world.unpack(taken, root, { signal: settings.signal });
    }
    await zipFolder(root, target);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function passOnlyFailures(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error;
}

function readStarters(files: readonly StackFile[]): readonly StarterReference[] {
  const devfile = files.find(({ path }) => path === 'devfile.yaml' || path === '.devfile.yaml');
  const text = devfile?.bytes.toString('utf8') ?? '';
  const starters = summariseDevfile(text, 'devfile.yaml', () => undefined)?.starters ?? [];
  // What was not judged yet may name anything.
  return starters.filter(({ name }) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(name));
}

async function writeStack(run: Run, entry: IndexEntry, versions: readonly IndexVersion[]): Promise<void> {
  await writeFile(join(run.stage, 'stacks', entry.name, 'stack.yaml'), renderStackYaml(entry, versions));
  run.counts.stacks += 1;
}

async function writeStackFile(folder: string, { path, bytes, isExecutable }: StackFile): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes, { flag: 'wx', mode: isExecutable ? 0o755 : 0o644 });
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
