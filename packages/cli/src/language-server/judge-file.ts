import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FetchAnswer, type Fetcher, type Profile, readDevfile } from '@devstead/devfile';
import {
  type InheritedName,
  type LanguageDocument,
  listInherited,
  type PlacedDiagnostic,
  placeDiagnostics,
} from '@devstead/devfile/language';
import { readEnvironmentFromDevfile } from '@devstead/environment';
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
  const reading = await readDevfile(text, {
    file: document.file,
    profile,
    ...(isOnDisk && { location: pathToFileURL(file.file).href, fetcher: preferOpen(fetcher, files) }),
  });
  const { devfile, originsOf, isComplete } = reading;
  const environment =
    devfile === undefined || !isComplete
      ? []
      : readEnvironmentFromDevfile(devfile, {
          originsOf,
          file: document.file,
          fallbackName: basename(dirname(document.file)),
        }).diagnostics;
  const locations = reading.files.flatMap((each): [string, string][] =>
    each.location === undefined ? [] : [[each.file, each.location]],
  );
  return {
    version,
    document,
    found: placeDiagnostics(document, [...reading.diagnostics, ...environment]),
    locations: new Map(locations),
    ...(devfile !== undefined && { inherited: listInherited(devfile) }),
  };
}

/** A parent that is open in the editor is read as it is there. */
function preferOpen(fetcher: Fetcher, files: OpenFiles): Fetcher {
  return {
    get registries() {
      return fetcher.registries;
    },
    fetch: async (address, referrer): Promise<FetchAnswer> => {
      const answer = await fetcher.fetch(address, referrer);
      const text = answer.status === 'fetched' ? files.findText(answer.location) : undefined;
      return text === undefined || answer.status !== 'fetched' ? answer : { ...answer, text };
    },
  };
}
