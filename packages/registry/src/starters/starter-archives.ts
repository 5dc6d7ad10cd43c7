import { createHash, randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Clock } from '@devstead/kit';
import { registryLimits } from '../limits.ts';
import type { StackContent, StarterReference } from '../types.ts';
import type { World } from '../world.ts';
import { withPlainFolder } from './plain-folder.ts';
import { type ArchiveLimits, markUsed, pruneArchives } from './prune-archives.ts';
import { zipFolder } from './zip-folder.ts';

/** An archive of a starter project, on the disk. */
export interface StarterArchive {
  readonly path: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

interface ArchiveSettings {
  /** Where archives are kept. */
  readonly folder: string;
  readonly world: World;
  readonly clock: Clock;
  /** Default: `registryLimits`. */
  readonly limits?: ArchiveLimits;
}

/** A branch may have moved on after this long; what is kept is still there when its source is not. */
const freshMs = 60 * 60_000;
/** So many at a time: each is a clone or a download. */
const mostAtOnce = 4;
const mostWaiting = 100;
const patienceMs = 120_000;
const defaultLimits: ArchiveLimits = {
  bytes: registryLimits.starterCacheBytes,
  files: registryLimits.starterCacheFiles,
};

/**
 * Starter projects as zip archives, made by us of whatever the devfile names: each was unpacked within limits before, so
 * that nobody is handed a bomb or a path that leads elsewhere. They are kept within limits, so that they are there without a
 * network.
 */
export class StarterArchives {
  readonly #settings: ArchiveSettings;
  readonly #making = new Map<string, Promise<StarterArchive>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(settings: ArchiveSettings) {
    this.#settings = settings;
  }

  /** Throws `AppError`: STARTER_REFUSED, ARCHIVE_REFUSED, PROJECT_FAILED, URL_REFUSED. */
  async find(content: StackContent, named: StarterReference): Promise<StarterArchive> {
    const source = chooseSource(content, withPlainFolder(named));
    const path = join(this.#settings.folder, `${source.key}.zip`);
    const kept = await this.#look(path, source.key);
    const isFresh = source.folder === undefined && (source.archive !== undefined || this.#isFresh(path));
    if (kept !== undefined) await markUsed(path, this.#settings.clock.now());
    if (kept !== undefined && isFresh) return kept;
    const making = this.#making.get(source.key) ?? this.#make(source, path);
    try {
      return await making;
    } catch (error) {
      if (kept === undefined) throw error;
      return kept;
    }
  }

  #make(source: Source, path: string): Promise<StarterArchive> {
    const making = this.#inTurn(() => this.#write(source, path)).finally(() => this.#making.delete(source.key));
    this.#making.set(source.key, making);
    return making;
  }

  async #write({ key, starter, archive, folder }: Source, path: string): Promise<StarterArchive> {
    const { folder: cache, world, clock, limits = defaultLimits } = this.#settings;
    await mkdir(cache, { recursive: true, mode: 0o700 });
    const stage = await mkdtemp(join(cache, '.starter-'));
    try {
      const target = join(stage, 'sources');
      const signal = AbortSignal.timeout(patienceMs);
      const { subDir } = starter;
      if (archive !== undefined)
        await world.unpack(archive.path, target, {
          signal,
          ...(archive.isWhole || subDir === undefined ? {} : { subDir }),
        });
      const root = folder ?? (archive === undefined ? await world.fetchStarter(starter, target, signal) : target);
      const packed = join(stage, `${randomBytes(4).toString('hex')}.zip`);
      await zipFolder(root, packed);
      await rename(packed, path);
    } finally {
      await rm(stage, { recursive: true, force: true });
    }
    const made = await this.#look(path, key);
    await markUsed(path, clock.now());
    await pruneArchives(cache, { kept: path, limits, now: clock.now() });
    if (made === undefined) throw new AppError('STARTER_REFUSED', `the archive of ${starter.name} is gone`);
    return made;
  }

  async #look(path: string, key: string): Promise<StarterArchive | undefined> {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) return undefined;
    return { path, sizeBytes: info.size, etag: `"${key.slice(0, 16)}-${Math.floor(info.mtimeMs).toString(36)}"` };
  }

  #isFresh(path: string): boolean {
    const info = lstatSync(path, { throwIfNoEntry: false });
    return info !== undefined && this.#settings.clock.now() - info.mtimeMs < freshMs;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= mostAtOnce) {
      if (this.#waiting.length >= mostWaiting)
        throw new AppError('STARTER_REFUSED', 'too many starter projects are asked for at this moment');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

interface Source {
  /** The same for the same sources. */
  readonly key: string;
  readonly starter: StarterReference;
  /** An archive that lies in the stack. `isWhole`: the folder that is wanted is all that is in it. */
  readonly archive?: { readonly path: string; readonly isWhole: boolean };
  /** A folder that lies in the stack. */
  readonly folder?: string;
}

/** An archive that a mirror put beside the devfile comes first, then what the devfile names. */
function chooseSource({ folder }: StackContent, starter: StarterReference): Source {
  const offline = join(folder, `${starter.name}-offline.zip`);
  const location = starter.zip?.location;
  const isLocal = location !== undefined && !/^[a-z][a-z0-9+.-]*:/i.test(location);
  if (isPlainFile(offline)) return ofArchive(starter, offline, true);
  if (isLocal) {
    if (location.split('/').includes('..'))
      throw new AppError('STARTER_REFUSED', `${starter.name} lies outside its stack`);
    const place = join(folder, location);
    const sources = place.replace(/\.zip$/, '');
    if (!isPlainFile(place) && sources !== place && isRealFolder(sources))
      return { key: keyOf(sources), starter, folder: sources };
    return ofArchive(starter, place, false);
  }
  return { key: keyOf(starter), starter };
}

function ofArchive(starter: StarterReference, path: string, isWhole: boolean): Source {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info?.isFile() !== true)
    throw new AppError('STARTER_REFUSED', `the archive of ${starter.name} is not in its stack`);
  return { key: keyOf([path, info.size, info.mtimeMs, isWhole, starter.subDir]), starter, archive: { path, isWhole } };
}

function isRealFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function keyOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
