import { chmodSync, constants, lchownSync, lutimesSync, mkdirSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { type IdMap, outsideId } from '../../ids/id-map.ts';
import { throwIfInterrupted } from '../../images/lock.ts';
import { diskFull } from '../../images/pull/unpack-layer.ts';
import type { ContextEntry } from './walk-context.ts';

interface CopyOptions {
  readonly idMap: IdMap;
  /** Seconds since 1970; every file gets this time. */
  readonly epoch: number;
  readonly onFile?: (count: number, bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies the files of a context to where the builder reads them, owned by the sandbox's root and all of one time, so that
 * only names, modes and content tell two contexts apart. Throws UNREADABLE_INPUT, MACHINE_LACKS when the disk is full.
 */
export async function copyContext(
  from: string,
  to: string,
  entries: readonly ContextEntry[],
  options: CopyOptions,
): Promise<void> {
  const { idMap, epoch, signal } = options;
  const owner = idMap.mode === 'root' ? ([outsideId(idMap.uids, 0), outsideId(idMap.gids, 0)] as const) : undefined;
  const finish = (path: string, mode: number | undefined): void => {
    if (owner !== undefined) lchownSync(path, ...owner);
    if (mode !== undefined) chmodSync(path, mode);
    lutimesSync(path, epoch, epoch);
  };
  let [count, bytes] = [0, 0];
  for (const { path, type, mode, target, sizeBytes } of entries) {
    throwIfInterrupted(signal);
    const place = join(to, path);
    if (type === 'folder') mkdirSync(place, { mode: 0o700, recursive: true });
    else if (type === 'link') {
      symlinkSync(target ?? '', place);
      finish(place, undefined);
    } else {
      await copyFile(join(from, path), place, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch(
        (error: unknown) => {
          throw explainCopy(path, error);
        },
      );
      finish(place, mode);
    }
    count += 1;
    bytes += sizeBytes;
    options.onFile?.(count, bytes);
  }
  // From within outwards: what is put into a folder changes its time.
  for (const { path, mode } of entries.filter(({ type }) => type === 'folder').reverse()) finish(join(to, path), mode);
}

function explainCopy(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull();
  return new AppError('UNREADABLE_INPUT', `cannot read ${path} of the context (${code ?? 'unknown'})`, {
    cause: error,
    hint: 'Make it readable, or leave it out by a .dockerignore.',
  });
}
