import { basename, dirname } from 'node:path';
import { type Profile, readDevfile } from '@devstead/devfile';
import { type Environment, readEnvironmentFromDevfile } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import { readDevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';

/** A devfile's text with everything found in it. */
export interface JudgedDevfile {
  /** Name as it is shown: relative to the folder the command was called in, where it lies below it. */
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when it has errors that leave nothing to describe. */
  readonly environment?: Environment;
}

interface JudgeOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly profile?: Profile;
}

/** Reads a devfile and the environment it describes. Throws UNREADABLE_INPUT. */
export async function judgeDevfile(io: Io, path: string, options: JudgeOptions = {}): Promise<JudgedDevfile> {
  const { file, text } = readDevfileText(io, path);
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file, ...options });
  if (devfile === undefined) return { file, text, diagnostics };
  const reading = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName: basename(dirname(path)) });
  return { file, text, diagnostics: [...diagnostics, ...reading.diagnostics], environment: reading.environment };
}
