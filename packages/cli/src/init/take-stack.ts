import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StackLibrary } from '@devstead/registry/client';
import { extractArchive } from '@devstead/runtime/projects';
import type { Io } from '../io.ts';
import { findLibrary, openLibraries } from '../registry/open-libraries.ts';
import { splitStack } from '../registry/split-stack.ts';
import { type WrittenFiles, writeNewFiles } from '../write-new-files.ts';

/** Which stack of which registry. */
export interface TakenStack {
  /** `own`, or the registry's address. */
  readonly registry: string;
  readonly name: string;
  readonly starter?: string;
}

interface StackRequest {
  readonly registry: readonly string[];
  readonly starter?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * Puts the files of a stack into a folder and, where that is empty, the sources of a starter project before them. Throws
 * STACK_NOT_FOUND, USAGE when something would be overwritten, and what fetching and unpacking do; a failure leaves nothing.
 */
export async function takeStack(
  io: Io,
  folder: string,
  words: string,
  request: StackRequest,
): Promise<WrittenFiles & { readonly devfile: string; readonly stack: TakenStack }> {
  const { name, version } = splitStack(words);
  const { starter, dryRun, force = false } = request;
  const library = await findLibrary(await openLibraries(io, request.registry), name);
  const { text } = await library.readDevfile(name, version);
  const stack = { registry: library.name, name, ...(starter === undefined ? {} : { starter }) };
  const taken = { devfile: text, stack };
  if (dryRun === true) return { ...taken, written: [], unchanged: [] };
  const files = await library.readFiles(name, version);
  const put = (target: string, replaces: boolean): WrittenFiles => {
    const writing = writeNewFiles(
      target,
      files.map(({ path, bytes }) => ({ path, text: bytes })),
      replaces,
    );
    for (const { path, isExecutable } of files) if (isExecutable) chmodSync(join(target, path), 0o755);
    return writing;
  };
  if (starter === undefined) return { ...taken, ...put(folder, force) };
  const written = await begin(
    io,
    { folder, library, name, starter, ...(version === undefined ? {} : { version }) },
    (place) => {
      // The stack's file counts where the starter has one of the same name.
      put(place, true);
    },
  );
  return { ...taken, written, unchanged: [] };
}

interface Beginning {
  readonly folder: string;
  readonly library: StackLibrary;
  readonly name: string;
  readonly starter: string;
  readonly version?: string;
}

/** Unpacks beside the folder, and moves everything in when it is whole. Gives what is in the folder then. */
async function begin(
  io: Io,
  { folder, library, name, starter, version }: Beginning,
  complete: (place: string) => void,
): Promise<readonly string[]> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new AppError('USAGE', `${folder} is not empty`, {
      hint: 'A starter project needs a folder of its own: name one.',
    });
  }
  mkdirSync(dirname(folder), { recursive: true });
  const stage = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  const moved: string[] = [];
  try {
    const archive = join(stage, 'starter.zip');
    const place = join(stage, 'starter');
    await library.saveStarter(name, starter, archive, version);
    await extractArchive(archive, place, { signal: io.signal });
    complete(place);
    mkdirSync(folder, { recursive: true });
    for (const entry of readdirSync(place).toSorted()) {
      renameSync(join(place, entry), join(folder, entry));
      moved.push(entry);
    }
    return moved;
  } catch (error) {
    for (const entry of moved) rmSync(join(folder, entry), { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
