import type { IndexEntry, StackFile } from '../types.ts';

/** Stacks to choose from and to take, wherever they are. Every function throws `AppError`. */
export interface StackLibrary {
  /** As people know it: `own`, or the address of a registry. */
  readonly name: string;
  /** Its stacks; with `all`, its samples too. */
  listStacks(type?: 'stack' | 'sample' | 'all'): Promise<readonly IndexEntry[]>;
  /** The text of a devfile. `version`: a number, `default` or `latest`; default: `default`. */
  readDevfile(stack: string, version?: string): Promise<TakenDevfile>;
  /** Writes a starter project as a zip archive, which was not judged, to a file that does not exist yet. */
  saveStarter(stack: string, starter: string, file: string, version?: string): Promise<void>;
  /** All files of a version, the devfile among them. */
  readFiles(stack: string, version?: string): Promise<readonly StackFile[]>;
}

export interface TakenDevfile {
  readonly text: string;
  /** The address from which what it refers to by a relative path is found. */
  readonly location: string;
}
