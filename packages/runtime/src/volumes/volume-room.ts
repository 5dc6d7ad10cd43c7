import type { ChildProcess, StdioOptions } from 'node:child_process';

/**
 * A place from which one volume is worked on, whatever its containers run on. Programs in it have all rights over what
 * the volume holds, see owners as containers do, and reach no other file of the machine.
 */
export interface VolumeRoom {
  /** Starts a program in a folder where `data` is what the volume holds. */
  run(argv: readonly string[], stdio: StdioOptions): ChildProcess;
  /** Where a new content is gathered, in the same file system as `data`. Nobody else looks there. */
  readonly staging: string;
  /** The command that puts what is in `staging` in place of `data`, and can be repeated when it was cut off. */
  readonly replace: readonly string[];
  /** Free bytes where the volume lies; absent where that is on another machine. */
  readonly freeBytes?: number;
}
