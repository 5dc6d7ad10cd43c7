import { cpSync, existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Starter } from '@devstead/environment';
import { type FetchOptions, fetchSource } from './fetch-source.ts';
import { withStaging } from './staging.ts';

/** Sources that are whole and not yet all in their place. */
const arrived = '.devstead-starter';

/** What a new repository may have before it has sources: a devfile, settings, and words about it. */
const beforeSources = /^(\.|devfile\.ya?ml$|readme|licen[cs]e)/i;

/** `filled`: it has sources. `begun`: a starter's are about to be moved in. */
export type StarterPlace = 'empty' | 'begun' | 'filled';

/** Whether a folder still waits for its first sources. */
export function findStarterPlace(folder: string): StarterPlace {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.includes(arrived)) return 'begun';
  return names.every((name) => beforeSources.test(name)) ? 'empty' : 'filled';
}

interface StarterOptions extends Omit<FetchOptions, 'target' | 'onOutput'> {
  /** The devfile's folder. */
  readonly folder: string;
  /** A folder that nobody else writes to. */
  readonly staging: string;
  readonly onOutput: (text: string) => void;
}

/**
 * Puts a starter's sources beside the devfile, without its history. Files that are there stay as they are. When this is
 * cut off while the sources are moved in, the next time goes on with it. Throws PROJECT_FAILED, URL_REFUSED,
 * ARCHIVE_REFUSED.
 */
export async function fetchStarter(starter: Starter, options: StarterOptions): Promise<void> {
  const { folder, staging, report } = options;
  const place = join(folder, arrived);
  if (findStarterPlace(folder) !== 'begun') {
    await withStaging(staging, starter.name, async (stage) => {
      const root = await fetchSource(starter, { ...options, target: join(stage, 'sources') });
      rmSync(join(root, '.git'), { recursive: true, force: true });
      moveFolder(root, place);
    });
  }
  const kept = moveIn(place, folder);
  if (kept.length > 0) report.note(`${kept.join(', ')}: kept as they are, the starter's are left out`);
}

/** Moves a folder whole, also to another file system. */
function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const partial = `${to}.partial`;
    rmSync(partial, { recursive: true, force: true });
    try {
      cpSync(from, partial, { recursive: true, verbatimSymlinks: true, errorOnExist: true });
      renameSync(partial, to);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
}

function moveIn(place: string, folder: string): string[] {
  const kept: string[] = [];
  for (const name of readdirSync(place).sort()) {
    const target = join(folder, name);
    if (lstatSync(target, { throwIfNoEntry: false }) === undefined) {
      renameSync(join(place, name), target);
      continue;
    }
    kept.push(name);
    rmSync(join(place, name), { recursive: true, force: true });
  }
  if (existsSync(place)) rmdirSync(place);
  return kept;
}
