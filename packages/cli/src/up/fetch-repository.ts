import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { checkGitAddress, cloneRepository, runProcess, withoutCredentials } from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';
import type { Settings } from '../settings.ts';
import { showWhatRuns } from './trust.ts';

/** True for words that mean a remote repository and not a path. */
export function isGitAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(path) || /^[\w.-]+@[\w.-]+:/.test(path);
}

export interface FetchedEnvironment extends LoadedEnvironment {
  readonly commit: string;
}

interface FetchOptions {
  readonly revision?: string;
  readonly yes?: boolean;
  readonly submodules?: boolean;
}

/**
 * Clones a repository into a folder of its name in the present folder and reads its devfile. Before the folder is put
 * in place, what it would run has been shown and agreed to. Whatever fails or is refused leaves nothing behind.
 * Throws URL_REFUSED, PROJECT_FAILED, NOT_TRUSTED.
 */
export async function fetchRepository(
  io: Io,
  settings: Settings,
  address: string,
  options: FetchOptions,
  load: (folder: string) => Promise<LoadedEnvironment>,
): Promise<FetchedEnvironment> {
  checkGitAddress(address);
  const name = basename(address.replace(/[/:]+$/, '').replace(/.*:/, '/'), '.git');
  const target = join(io.cwd, name);
  if (name === '' || name.startsWith('.') || existsSync(target)) {
    throw new AppError('PROJECT_FAILED', `the folder ${name} is already there`, {
      hint: `To start it: devstead up ${name}`,
    });
  }
  const beside = mkdtempSync(join(io.cwd, '.devstead-clone-'));
  try {
    io.stderr.write(`  cloning ${withoutCredentials(address)}\n`);
    const folder = join(beside, name);
    await cloneRepository({
      address,
      target: folder,
      gitEnv: settings.gitEnv,
      onOutput: () => undefined,
      signal: io.signal,
      withSubmodules: options.submodules ?? settings.up.withSubmodules,
      ...(options.revision === undefined ? {} : { revision: options.revision }),
    });
    const commit = (await runProcess(['git', '-C', folder, 'rev-parse', 'HEAD'])).stdout.trim();
    const { environment } = await load(folder);
    await showWhatRuns(io, environment, {
      isAnswered: options.yes === true,
      title: `${withoutCredentials(address)} at ${commit.slice(0, 12)}`,
    });
    renameSync(folder, target);
    return { ...(await load(target)), commit };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
