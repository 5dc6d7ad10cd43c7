import type { ChildProcess } from 'node:child_process';
import { AppError } from '@devstead/kit';
import type { ArchiveLimits } from '../archive/archive-tree.ts';

export interface CopyOptions {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** Called with how many bytes have gone over so far. */
  readonly onBytes: (bytes: number) => void;
}

/** Exit codes of the scripts in the container, apart from those of shells and of tar. */
export const missingTar = 97;
export const missingPlace = 98;
export const wrongKind = 99;

/** A file may change or go while tar reads it; then it ends with 1, and the archive is whole all the same (tar(1)). */
export const changedMeanwhile = 1;

/** Gathers the end of what a program says of its troubles. */
export function gatherErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4096);
  });
  return () => text;
}

/** What it means that the container's part of a copy ended with a code. */
export function failCopy(container: string, path: string, code: number, said: string): AppError {
  const details = said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-10);
  if (code === missingTar || code === 127) {
    return new AppError('COPY_FAILED', `the image of ${container} has no tar`, {
      hint: 'Copy by way of a container that has it, or through a volume that both mount.',
    });
  }
  if (code === missingPlace)
    return new AppError('COPY_FAILED', `${container} has no ${path}`, { hint: 'Check the path.' });
  if (code === wrongKind) {
    return new AppError(
      'COPY_FAILED',
      `in ${container} ${path} is a file where a folder is needed, or a folder where a file is`,
    );
  }
  return new AppError('COPY_FAILED', `the copy ended with ${code} in ${container}`, { details });
}
