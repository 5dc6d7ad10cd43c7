import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type Diagnostic } from '@devstead/kit';
import { readDockerIgnore } from '../../docker-ignore/docker-ignore.ts';
import { type ContextEntry, type ContextLimits, walkContext } from './walk-context.ts';

/** The folder that a build takes files from. */
export interface BuildContext {
  /** Absolute. */
  readonly folder: string;
  readonly entries: readonly ContextEntry[];
  readonly sizeBytes: number;
  /** The same as long as no file of it changed. */
  readonly stamp: string;
  /** `dockerfile.bad-ignore-rule` for each line of its ignore file that is no pattern. */
  readonly diagnostics: readonly Diagnostic[];
}

interface ReadOptions {
  /** What the context is, where that is known without the times of its files. */
  readonly stamp?: string | undefined;
  /** The Dockerfile, whose own ignore file (`NAME.dockerignore`) comes before that of the context. */
  readonly dockerfile?: string | undefined;
  readonly limits?: ContextLimits;
  readonly signal?: AbortSignal | undefined;
}

const largestIgnoreFile = 1 << 20;

/** Looks at all files of a context that its ignore file lets in. Throws UNREADABLE_INPUT, USAGE when there are too many. */
export function readContext(folder: string, options: ReadOptions): BuildContext {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError('UNREADABLE_INPUT', `there is no folder ${folder}`, {
      hint: 'Name the folder of the Dockerfile.',
    });
  const file = [`${options.dockerfile ?? ''}.dockerignore`, join(folder, '.dockerignore')].find((one) =>
    existsSync(one),
  );
  const { ignore, mistakes } = readDockerIgnore(file === undefined ? '' : readIgnoreFile(file));
  const hash = createHash('sha256');
  const entries: ContextEntry[] = [];
  let sizeBytes = 0;
  for (const entry of walkContext(folder, { ...options, ignore })) {
    entries.push(entry);
    sizeBytes += entry.sizeBytes;
    hash.update(`${entry.path}\0${entry.stamp}\0`);
  }
  const diagnostics = mistakes.map(
    ({ line, text, cause }): Diagnostic => ({
      code: 'dockerfile.bad-ignore-rule',
      severity: 'error',
      message: `${JSON.stringify(text)} is no pattern: ${cause}`,
      file: file ?? '',
      line,
      column: 1,
    }),
  );
  return { folder, entries, sizeBytes, stamp: options.stamp ?? hash.digest('hex'), diagnostics };
}

function readIgnoreFile(file: string): string {
  const info = lstatSync(file);
  if (!info.isFile() || info.size > largestIgnoreFile)
    throw new AppError('UNREADABLE_INPUT', `${file} is no file of at most ${largestIgnoreFile} bytes`);
  return readFileSync(file, 'utf8');
}
