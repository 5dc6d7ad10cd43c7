import { randomUUID } from 'node:crypto';
import { realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { makeFolder } from '../../make-folder.ts';
import { runProcess } from '../../process/run-process.ts';
import { cloneRepository } from '../../projects/clone-repository.ts';
import { withoutCredentials } from '../../projects/git-address.ts';
import type { RuntimeSettings } from '../../settings.ts';
import type { BuildEvent } from '../builder/image-builder.ts';
import { type ContextAddress, readContextAddress } from './context-address.ts';

/** A folder to build from. */
export interface OpenContext {
  readonly folder: string;
  /** Of what was fetched: where it is from, for people, and what it is, which no time of its files says. */
  readonly fetched?: { readonly shown: string; readonly stamp: string };
}

/** The contexts of a build, those fetched that are elsewhere. */
export interface OpenContexts {
  readonly main: OpenContext;
  readonly named: ReadonlyMap<string, OpenContext>;
  /** Names that stand for images, with their references. */
  readonly images: ReadonlyMap<string, string>;
  /** Removes what was fetched. */
  close(): void;
}

interface OpenOptions {
  readonly settings: RuntimeSettings;
  readonly report: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Opens what a build takes files from. Repositories are cloned as `up` clones them: nothing of them is run, and only by https
 * and ssh. Throws USAGE, URL_REFUSED, PROJECT_FAILED, UNREADABLE_INPUT, INTERRUPTED; then nothing fetched stays.
 */
export async function openContexts(
  main: string,
  named: ReadonlyMap<string, string>,
  options: OpenOptions,
): Promise<OpenContexts> {
  const fetched: string[] = [];
  const close = (): void => {
    for (const folder of fetched) rmSync(folder, { recursive: true, force: true });
  };
  const open = async (address: Exclude<ContextAddress, { type: 'image' }>): Promise<OpenContext> => {
    if (address.type === 'folder') return { folder: address.folder };
    const folder = join(options.settings.cacheFolder, `context-${randomUUID()}`);
    fetched.push(folder);
    return await fetchContext(address, folder, options);
  };
  try {
    const first = readContextAddress(main);
    if (first.type === 'image')
      throw new AppError('USAGE', 'an image is no context to build from', { hint: 'Name a folder with a Dockerfile.' });
    const folders = new Map<string, OpenContext>();
    const images = new Map<string, string>();
    for (const [name, text] of named) {
      const address = readContextAddress(text);
      if (address.type === 'image') images.set(name, address.reference);
      else folders.set(name, await open(address));
    }
    return { main: await open(first), named: folders, images, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function fetchContext(
  { address, revision, subfolder }: Extract<ContextAddress, { type: 'git' }>,
  target: string,
  { settings, report, signal }: OpenOptions,
): Promise<OpenContext> {
  const shown = withoutCredentials(address);
  report({ type: 'wait', text: `cloning ${shown}` });
  makeFolder(settings.cacheFolder, 0o700);
  await cloneRepository({
    address,
    target,
    gitEnv: settings.gitEnv,
    onOutput: () => undefined,
    signal,
    ...(revision === undefined ? {} : { revision }),
  });
  const commit = (await runProcess(['git', '-C', target, 'rev-parse', 'HEAD'])).stdout.trim();
  // No image needs it, and it is another one after each clone.
  rmSync(join(target, '.git'), { recursive: true, force: true });
  const folder = findBelow(target, subfolder);
  if (folder === undefined)
    throw new AppError('UNREADABLE_INPUT', `${shown} has no folder ${subfolder} at ${commit.slice(0, 12)}`);
  return { folder, fetched: { shown, stamp: `${shown} ${commit} ${subfolder}` } };
}

/** A folder in another one; undefined for what is none, and for what leads out by `..` or a link. */
function findBelow(root: string, path: string): string | undefined {
  const full = join(root, path);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const [real, top] = [realpathSync(full), realpathSync(root)];
  return real === top || real.startsWith(`${top}/`) ? full : undefined;
}
