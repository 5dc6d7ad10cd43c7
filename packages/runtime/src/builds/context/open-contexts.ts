import { realpathSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { runProcess } from '../../process/run-process.ts';
import { cloneRepository } from '../../projects/clone-repository.ts';
import { findCommit } from '../../projects/find-commit.ts';
import { withoutCredentials } from '../../projects/git-address.ts';
import type { RuntimeSettings } from '../../settings.ts';
import type { BuildEvent } from '../builder/image-builder.ts';
import { type ContextAddress, readContextAddress } from './context-address.ts';
import { type BorrowedContext, KeptContexts } from './kept-contexts.ts';

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
  /** Gives back what was fetched; of that no more is kept for later builds than the settings allow. */
  close(): Promise<void>;
}

interface OpenOptions {
  readonly settings: RuntimeSettings;
  readonly report: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

/** As much as builds keep of layers by default. */
const mostKeptBytes = 10 * 2 ** 30;

/**
 * Opens what a build takes files from. Repositories are cloned as `up` clones them: nothing of them is run, and only by https
 * and ssh. A commit that was fetched before is not fetched again: the remote is asked for no more than which one it is. Throws
 * USAGE, URL_REFUSED, PROJECT_FAILED, UNREADABLE_INPUT, INTERRUPTED.
 */
export async function openContexts(
  main: string,
  named: ReadonlyMap<string, string>,
  options: OpenOptions,
): Promise<OpenContexts> {
  const borrowed: BorrowedContext[] = [];
  const { cacheFolder, buildCacheBytes = mostKeptBytes } = options.settings;
  const close = async (): Promise<void> => {
    for (const one of borrowed) one.giveBack();
    if (borrowed.length > 0) await new KeptContexts(cacheFolder).trim(buildCacheBytes);
  };
  const open = async (address: Exclude<ContextAddress, { type: 'image' }>): Promise<OpenContext> => {
    if (address.type === 'folder') return { folder: address.folder };
    const { context, commit } = await fetchContext(address, options);
    borrowed.push(context);
    return chooseFolder(address, context.folder, commit);
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
    await close();
    throw error;
  }
}

type GitContext = Extract<ContextAddress, { type: 'git' }>;

async function fetchContext(
  { address, revision }: GitContext,
  { settings, report, signal }: OpenOptions,
): Promise<{ readonly context: BorrowedContext; readonly commit: string }> {
  const { gitEnv, cacheFolder } = settings;
  const shown = withoutCredentials(address);
  const kept = new KeptContexts(cacheFolder, signal);
  const known = await findCommit(address, revision, { gitEnv, signal });
  const context = known === undefined ? undefined : await kept.borrow(address, known);
  if (known !== undefined && context !== undefined) {
    report({ type: 'note', text: `${shown} is at ${known.slice(0, 12)} as when it was fetched` });
    return { context, commit: known };
  }
  report({ type: 'wait', text: `cloning ${shown}` });
  const target = kept.nameNew();
  try {
    await cloneRepository({
      address,
      target,
      gitEnv,
      onOutput: () => undefined,
      signal,
      ...(revision === undefined ? {} : { revision }),
    });
    const commit = (await runProcess(['git', '-C', target, 'rev-parse', 'HEAD'])).stdout.trim();
    // No image needs it, and it is another one after each clone.
    rmSync(join(target, '.git'), { recursive: true, force: true });
    return { context: await kept.keep(address, commit, target), commit };
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw error;
  }
}

function chooseFolder({ address, subfolder }: GitContext, top: string, commit: string): OpenContext {
  const shown = withoutCredentials(address);
  const folder = findBelow(top, subfolder);
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
