import { AppError } from '@devstead/kit';
import type { StorePlace } from '@devstead/pyindex/manage';
import { indexFolder } from '@devstead/runtime/index-service';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { readFolders } from '../settings.ts';

/** Which index a command is about. */
export interface StoreOptions {
  readonly data?: string;
  readonly database?: string;
}

/** `--data` and `--database`, as `index serve` has them. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'where the index keeps everything; default: index in the state folder')
    .option('--database <url>', 'postgres://…, when the index was served with it');
}

export function readStorePlace(io: Io, { data, database }: StoreOptions): StorePlace {
  return {
    folder: data ?? indexFolder(readFolders(io).state),
    clock: io.clock,
    ...(database === undefined ? {} : { database }),
  };
}

/** Runs `work`; what the index refuses is an error of usage. */
export async function explainRefusals<Result>(work: () => Promise<Result>): Promise<Result> {
  const { Refusal } = await import('@devstead/pyindex/manage');
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) throw new AppError('USAGE', error.message, { cause: error });
    throw error;
  }
}
