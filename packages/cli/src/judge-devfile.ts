import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type DevfileFile,
  type DevfileResult,
  type ImageNames,
  isDevfile1,
  type Profile,
  readDevfile,
  readDevfile1,
} from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import { createDevfileFetcher, type FetcherOptions, type LimitedFetcher } from './fetch/devfile-fetcher.ts';
import { readDevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';
import { readSettings } from './settings.ts';

/** A devfile's text with everything found in it. */
export interface JudgedDevfile {
  /** Name as it is shown: relative to the folder the command was called in, where it lies below it. */
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when it has errors that leave nothing to describe, and when it is not complete. */
  readonly environment?: Environment;
  /** False when it builds on something that was not looked at. */
  readonly isComplete: boolean;
  /** Its parents and plugins. */
  readonly imports: readonly DevfileFile[];
}

export interface JudgeOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly profile?: Profile;
  /** No server is asked for parents: copies kept from before are used. */
  readonly isOffline?: boolean;
  /** It was fetched, and nobody agreed to it yet. */
  readonly isFetched?: boolean;
  /** Manifests named by `uri` are read into the devfile. */
  readonly inlinesManifests?: boolean;
  /** Where the images that the devfile builds are to be found. */
  readonly imageNames?: ImageNames;
}

/** Reads a devfile and the environment it describes. Throws UNREADABLE_INPUT. */
export async function judgeDevfile(io: Io, path: string, options: JudgeOptions = {}): Promise<JudgedDevfile> {
  if (await isDevfile1(readDevfileText(io, path).text)) return judgeDevfile1(io, path, options);
  const { file, text, devfile, diagnostics, originsOf, isComplete, files } = await readFlattened(io, path, options);
  const base = { file, text, isComplete, imports: files.slice(1) };
  if (devfile === undefined || !isComplete) return { ...base, diagnostics };
  const reading = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName: basename(dirname(path)) });
  // The verdict of `strict` is about the devfile alone, whatever can be made of it here.
  const isStrict = options.profile === 'strict';
  const found = isStrict ? reading.diagnostics.map(weakenError) : reading.diagnostics;
  return { ...base, diagnostics: [...diagnostics, ...found], environment: reading.environment };
}

/** Reads a devfile 1.0.0 with what it names. Throws UNREADABLE_INPUT. */
async function judgeDevfile1(
  io: Io,
  path: string,
  { isOffline = false, isFetched = false, profile = 'compat' }: JudgeOptions,
): Promise<JudgedDevfile> {
  const { file, text, maxBytes } = readDevfileText(io, path);
  const fetcher = createLazyFetcher(io, dirname(path), { isOffline, isFetched });
  const result = await readDevfile1(text, { file, location: pathToFileURL(path).href, fetcher, maxBytes, profile });
  const { diagnostics, isComplete, files } = result;
  return { file, text, diagnostics, isComplete, imports: files.slice(1) };
}

function weakenError(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

/** Reads a devfile with its parents and plugins. Throws UNREADABLE_INPUT. */
export async function readFlattened(
  io: Io,
  path: string,
  { isOffline = false, isFetched = false, ...options }: JudgeOptions,
): Promise<DevfileResult & { readonly file: string; readonly text: string }> {
  const { file, text, maxBytes } = readDevfileText(io, path);
  const fetcher = createLazyFetcher(io, dirname(path), { isOffline, isFetched });
  const result = await readDevfile(text, { file, location: pathToFileURL(path).href, fetcher, maxBytes, ...options });
  return { ...result, file, text };
}

/** Reads the configuration only when a devfile refers to another. */
function createLazyFetcher(io: Io, folder: string, options: FetcherOptions): LimitedFetcher {
  let fetcher: LimitedFetcher | undefined;
  const open = (): LimitedFetcher => {
    fetcher ??= createDevfileFetcher(io, readSettings(io, folder), options);
    return fetcher;
  };
  return {
    get registries() {
      return open().registries;
    },
    get pluginRegistries() {
      return open().pluginRegistries;
    },
    get maxBytes() {
      return open().maxBytes;
    },
    fetch: (address, referrer) => open().fetch(address, referrer),
  };
}
