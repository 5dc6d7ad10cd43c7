import type { Devfile } from '@devstead/devfile';
import type { Diagnostic } from '@devstead/kit';
import type { OriginsOf } from '../from-devfile/reading.ts';
import type { Environment } from '../types.ts';

/** What is written in another format. */
export interface ExportSource {
  readonly environment: Environment;
  /** Absolute folder that the environment stands for: paths of the machine become relative to it. */
  readonly folder: string;
  /** The devfile the environment was read from, flattened and with its variables put in: it holds more than the model. */
  readonly devfile?: Devfile;
  /** Absolute paths of the compose files it was read from. */
  readonly composeFiles?: readonly string[];
  /** Where the values of that devfile are written. */
  readonly originsOf?: OriginsOf;
}

/** A file to be written. */
export interface ExportedFile {
  /** Relative to the folder of the environment, without `..`. */
  readonly path: string;
  readonly text: string;
}

export interface Export {
  /** At least one; the first is the one that the format is named after. */
  readonly files: readonly ExportedFile[];
  /** Codes `convert.*`: what the format could not hold, with the place where it is written. */
  readonly diagnostics: readonly Diagnostic[];
}
