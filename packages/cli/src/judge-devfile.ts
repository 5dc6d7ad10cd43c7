import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type DevfileFile,
  type DevfileResult,
  type ImageNames,
  isDevfile1,
  type Profile,
  readDevfile,
} from '@devstead/devfile';
import {
  type Environment,
  type EnvironmentReading,
  readEnvironmentFromDevfile,
  readEnvironmentFromDevfile1,
} from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import { builtInRegistry } from './fetch/devfile-fetcher.ts';
import { createLazyFetcher } from './fetch/lazy-fetcher.ts';
import { type DevfileText, readDevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';
import { flattenDevfile1, isSound, readDevfile1At } from './read-devfile1.ts';

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
  /** True when it asks for nothing that Devstead does not have itself: neither a file nor a server counts then. */
  readonly isAlone: boolean;
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
  const devfileText = readDevfileText(io, path);
  if (await isDevfile1(devfileText.text)) return judgeDevfile1(io, path, devfileText, options);
  const { file, text, devfile, diagnostics, originsOf, isComplete, isAlone, files } = await readFlattened(
    io,
    path,
    options,
  );
  const base = { file, text, isComplete, isAlone, imports: files.slice(1) };
  if (devfile === undefined || !isComplete) return { ...base, diagnostics };
  const reading = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName: basename(dirname(path)) });
  return { ...base, ...joinReading(diagnostics, reading, options) };
}

/** Reads a devfile 1.0.0 with what it names, and the environment it describes. */
async function judgeDevfile1(
  io: Io,
  path: string,
  devfileText: DevfileText,
  options: JudgeOptions,
): Promise<JudgedDevfile> {
  const { file, text } = devfileText;
  const read = await readDevfile1At(io, path, devfileText, options);
  const { diagnostics, isComplete, isAlone } = read;
  // What Devstead has in it changes with it alone.
  const imports = read.files.slice(1).filter(({ location }) => location?.startsWith(builtInRegistry) !== true);
  const base = { file, text, isComplete, isAlone, imports };
  if (!isSound(read) || !isComplete) return { ...base, diagnostics };
  const reading = readEnvironmentFromDevfile1(read, { file, fallbackName: basename(dirname(path)) });
  return { ...base, ...joinReading(diagnostics, reading, options) };
}

/** The verdict of `strict` is about the devfile alone, whatever can be made of it here. */
function joinReading(
  diagnostics: readonly Diagnostic[],
  reading: EnvironmentReading,
  { profile }: JudgeOptions,
): Pick<JudgedDevfile, 'diagnostics' | 'environment'> {
  const found = profile === 'strict' ? reading.diagnostics.map(weakenError) : reading.diagnostics;
  return { diagnostics: [...diagnostics, ...found], environment: reading.environment };
}

function weakenError(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

type FlattenedDevfile = DevfileResult & Pick<JudgedDevfile, 'file' | 'text' | 'isAlone'>;

/** Reads a devfile with its parents and plugins; one of 1.0.0 in the words of 2.x. Throws UNREADABLE_INPUT. */
export async function readFlattened(io: Io, path: string, judgeOptions: JudgeOptions): Promise<FlattenedDevfile> {
  const devfileText = readDevfileText(io, path);
  const { file, text, maxBytes } = devfileText;
  if (await isDevfile1(text)) {
    const read = await readDevfile1At(io, path, devfileText, judgeOptions);
    return { ...flattenDevfile1(read, file), file, text, isAlone: read.isAlone };
  }
  const { isOffline = false, isFetched = false, ...options } = judgeOptions;
  const fetcher = createLazyFetcher(io, dirname(path), { isOffline, isFetched });
  const result = await readDevfile(text, { file, location: pathToFileURL(path).href, fetcher, maxBytes, ...options });
  return { ...result, file, text, isAlone: fetcher.isUnused };
}
