import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Devfile1Result,
  type FetchAnswer,
  type Fetcher,
  type Profile,
  readDevfile,
  readDevfile1,
} from '@devstead/devfile';
import {
  type InheritedName,
  type LanguageDocument,
  listInherited,
  type PlacedDiagnostic,
  placeDiagnostics,
} from '@devstead/devfile/language';
import { readEnvironmentFromDevfile, readEnvironmentFromDevfile1 } from '@devstead/environment';
import type { OpenFile, OpenFiles } from './open-files.ts';

/** A state of a file with everything found in it. */
export interface JudgedFile {
  readonly version: number;
  readonly document: LanguageDocument;
  readonly found: readonly PlacedDiagnostic[];
  /** Addresses of the other files that were read, by the names diagnostics give them. */
  readonly locations: ReadonlyMap<string, string>;
  /** Absent where errors left no devfile. */
  readonly inherited?: readonly InheritedName[];
}

export interface JudgeInput {
  readonly files: OpenFiles;
  readonly profile: Profile;
  readonly fetcher: Fetcher;
}

/** Finds what `devstead check` finds, in the text as it is in the editor. Nothing for a file that is no devfile. */
export async function judgeFile(
  file: OpenFile,
  { files, profile, fetcher }: JudgeInput,
): Promise<JudgedFile | undefined> {
  const { document, version, text } = file;
  if (document === undefined) return undefined;
  const isOnDisk = file.file !== file.uri;
  const options = {
    file: document.file,
    profile,
    ...(isOnDisk && { location: pathToFileURL(file.file).href, fetcher: preferOpen(fetcher, files) }),
  };
  const naming = { file: document.file, fallbackName: basename(dirname(document.file)) };
  if (document.isDevfile1) return judgeDevfile1(file, document, await readDevfile1(text, options), naming);
  const reading = await readDevfile(text, options);
  const { devfile, originsOf, isComplete } = reading;
  const environment =
    devfile === undefined || !isComplete
      ? []
      : readEnvironmentFromDevfile(devfile, { ...naming, originsOf }).diagnostics;
  return {
    version,
    document,
    found: placeDiagnostics(document, [...reading.diagnostics, ...environment]),
    locations: listLocations(reading),
    ...(devfile !== undefined && { inherited: listInherited(devfile) }),
  };
}

function judgeDevfile1(
  { version }: OpenFile,
  document: LanguageDocument,
  read: Devfile1Result,
  naming: Parameters<typeof readEnvironmentFromDevfile1>[1],
): JudgedFile {
  const { devfile, isComplete } = read;
  const environment =
    devfile === undefined || !isComplete ? [] : readEnvironmentFromDevfile1({ ...read, devfile }, naming).diagnostics;
  const found = placeDiagnostics(document, [...read.diagnostics, ...environment]);
  return { version, document, found, locations: listLocations(read) };
}

function listLocations({ files }: Pick<Devfile1Result, 'files'>): ReadonlyMap<string, string> {
  return new Map(files.flatMap(({ file, location }) => (location === undefined ? [] : [[file, location]])));
}

/** A parent that is open in the editor is read as it is there. */
function preferOpen(fetcher: Fetcher, files: OpenFiles): Fetcher {
  return {
    get registries() {
      return fetcher.registries;
    },
    get pluginRegistries() {
      return fetcher.pluginRegistries ?? [];
    },
    fetch: async (address, referrer): Promise<FetchAnswer> => {
      const answer = await fetcher.fetch(address, referrer);
      const text = answer.status === 'fetched' ? files.findText(answer.location) : undefined;
      return text === undefined || answer.status !== 'fetched' ? answer : { ...answer, text };
    },
  };
}
