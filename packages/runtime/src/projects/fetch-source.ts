import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Project, ProjectSource } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import { shownArchiveAddress } from './archive-address.ts';
import { cloneRepository } from './clone-repository.ts';
import { downloadArchive } from './download-archive.ts';
import { extractArchive } from './extract-archive.ts';

export interface FetchOptions {
  /** A folder that does not exist yet, in one that nobody else writes to. */
  readonly target: string;
  /** The user's own variables that Git needs, proxies among them. */
  readonly gitEnv: Readonly<Record<string, string>>;
  /** PEM file of further certificate authorities. */
  readonly caBundle?: string;
  readonly withSubmodules?: boolean;
  readonly report: Pick<StepReport, 'note'>;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

type NamedSource = ProjectSource & Pick<Project, 'name' | 'sparseDirs'>;

/**
 * Fetches the sources of a project or starter below the target; returns the folder that stands for the project. Throws
 * PROJECT_FAILED, URL_REFUSED, ARCHIVE_REFUSED.
 */
export async function fetchSource(source: NamedSource, options: FetchOptions): Promise<string> {
  if (source.git !== undefined) return fetchRepository(source, source.git, options);
  if (source.zip !== undefined) return fetchArchive(source, source.zip.location, options);
  throw new AppError('PROJECT_FAILED', `the project ${source.name} says nowhere that it comes from`);
}

async function fetchRepository(
  { name, subDir, sparseDirs }: NamedSource,
  { remotes, checkoutRemote, revision }: NonNullable<ProjectSource['git']>,
  options: FetchOptions,
): Promise<string> {
  const address = remotes[checkoutRemote];
  if (address === undefined)
    throw new AppError('PROJECT_FAILED', `the project ${name} has no remote ${checkoutRemote}`);
  await cloneRepository({
    ...options,
    address,
    remotes,
    remote: checkoutRemote,
    ...(revision === undefined ? {} : { revision }),
    ...(sparseDirs === undefined ? {} : { sparseDirs }),
  });
  return subDir === undefined ? options.target : requireFolder(options.target, subDir, name);
}

async function fetchArchive({ name, subDir }: NamedSource, location: string, options: FetchOptions): Promise<string> {
  const { target, gitEnv, caBundle, report, onOutput, signal } = options;
  const file = `${target}.zip`;
  const { sha256, sizeBytes } = await downloadArchive(location, {
    file,
    proxyEnv: gitEnv,
    ...(caBundle === undefined ? {} : { caBundle }),
    signal,
    onProgress: onOutput,
  });
  const files = await extractArchive(file, target, { ...(subDir === undefined ? {} : { subDir }), signal });
  rmSync(file, { force: true });
  const size = `${(sizeBytes / 1024).toFixed(0)} KiB, ${files} files`;
  report.note(`${name} is ${shownArchiveAddress(location)} (${size}), sha256 ${sha256}`);
  return target;
}

/** A folder of a repository, reached through no link. */
function requireFolder(root: string, path: string, name: string): string {
  let folder = root;
  for (const word of path.split('/')) {
    folder = join(folder, word);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new AppError('PROJECT_FAILED', `the sources of ${name} have no folder ${path}`);
    }
  }
  return folder;
}
