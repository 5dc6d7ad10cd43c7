import { cpSync, existsSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Starter } from '@devstead/environment';
import { type FetchOptions, fetchSource } from './fetch-source.ts';
import { withStaging } from './staging.ts';
import { arrivedSources, findStarterPlace } from './starter-place.ts';

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
  const place = join(folder, arrivedSources);
  if (findStarterPlace(folder) !== 'begun') {
    await withStaging(staging, starter.name, async (stage) => {
      const root = await fetchSource(starter, { ...options, target: join(stage, 'sources') });
      rmSync(join(root, '.git'), { recursive: true, force: true });
      moveFolder(root, place);
    });
  }
  const kept = moveIn(place, folder);
  if (kept.length > 0) report.note(`${kept.join(', ')} of the starter: left out, the folder has its own`);
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

const devfile = /^\.?devfile\.ya?ml$/i;

function moveIn(place: string, folder: string): string[] {
  const kept: string[] = [];
  for (const name of readdirSync(place).sort()) {
    const target = join(folder, name);
    // Of whatever spelling, a second devfile could come before the one that was read.
    if (!devfile.test(name) && lstatSync(target, { throwIfNoEntry: false }) === undefined) {
      renameSync(join(place, name), target);
      continue;
    }
    kept.push(name);
    rmSync(join(place, name), { recursive: true, force: true });
  }
  if (existsSync(place)) rmdirSync(place);
  return kept;
}
