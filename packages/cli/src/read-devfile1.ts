import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { convertDevfile1, type Devfile1Result, type DevfileResult, readDevfile1 } from '@devstead/devfile';
import type { SoundDevfile1 } from '@devstead/environment';
import { createLazyFetcher } from './fetch/lazy-fetcher.ts';
import type { DevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';
import type { JudgedDevfile, JudgeOptions } from './judge-devfile.ts';

/** A devfile 1.0.0 that was read with what it names. */
type ReadDevfile1 = Devfile1Result & Pick<JudgedDevfile, 'isAlone'>;

/** Reads a devfile 1.0.0 with what it names. */
export async function readDevfile1At(
  io: Io,
  path: string,
  { file, text, maxBytes }: DevfileText,
  { isOffline = false, isFetched = false, profile = 'compat' }: JudgeOptions,
): Promise<ReadDevfile1> {
  const fetcher = createLazyFetcher(io, dirname(path), { isOffline, isFetched });
  const read = await readDevfile1(text, { file, location: pathToFileURL(path).href, fetcher, maxBytes, profile });
  return { ...read, isAlone: fetcher.isUnused };
}

/** A devfile 1.0.0 in the words of 2.x; what those cannot hold is among the diagnostics. */
export function flattenDevfile1(read: Devfile1Result, file: string): DevfileResult {
  const { files, isComplete, diagnostics } = read;
  if (!isSound(read)) return { diagnostics, isComplete, files, originsOf: () => [] };
  const { devfile, losses, originsOf } = convertDevfile1({ ...read, file });
  const found = losses.map(({ diagnostic }) => diagnostic);
  return { devfile, diagnostics: [...diagnostics, ...found], isComplete, files, originsOf };
}

/** True when it has no errors. */
export function isSound(read: Devfile1Result): read is SoundDevfile1 {
  return read.devfile !== undefined;
}
