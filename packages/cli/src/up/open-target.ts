import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';
import { type LoadedEnvironment, loadEnvironment } from '../load-environment.ts';
import type { Reading } from '../reading-options.ts';
import { readSettings } from '../settings.ts';
import { fetchRepository, isGitAddress } from './fetch-repository.ts';
import { type OpenedBranch, openBranch } from './open-branch.ts';

interface TargetOptions {
  readonly branch?: string;
  readonly ttl?: number;
  readonly copyVolumes?: string;
  readonly dryRun?: boolean;
  readonly revision?: string;
  readonly submodules?: boolean;
  readonly yes?: boolean;
}

/** What an `up` is about. */
export interface UpTarget {
  readonly loaded: LoadedEnvironment;
  /** Of a repository that was fetched now. */
  readonly commit?: string;
  readonly branch?: OpenedBranch;
}

/** Finds, fetches or makes the folder that an `up` is about, and reads its devfile. */
export async function openTarget(io: Io, path: string, reading: Reading, options: TargetOptions): Promise<UpTarget> {
  const load = (place: string): Promise<LoadedEnvironment> => loadEnvironment(io, { path: place, reading });
  const { branch } = options;
  if (branch === undefined && options.copyVolumes !== undefined)
    throw new AppError('USAGE', '--copy-volumes goes with --branch');
  if (isGitAddress(path)) {
    if (branch !== undefined) {
      throw new AppError('USAGE', '--branch is for a repository on this machine', {
        hint: 'To start a branch of a repository elsewhere, use --revision.',
      });
    }
    const loadFetched = (place: string): Promise<LoadedEnvironment> =>
      loadEnvironment(io, { path: place, reading: { ...reading, isFetched: true } });
    const { commit, ...loaded } = await fetchRepository(io, readSettings(io), path, options, loadFetched);
    return { loaded, commit };
  }
  if (branch === undefined) return { loaded: await load(path) };
  // What is found in the branch's own devfile is shown when that is read.
  const loaded = await loadEnvironment(io, { path, reading, printsErrorsOnly: true });
  const opened = await openBranch(io, readSettings(io, loaded.folder), loaded, { ...options, branch }, load);
  return { loaded: opened.loaded, branch: opened };
}
