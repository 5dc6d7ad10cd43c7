import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remember, stampOwnFolders } from '@devstead/runtime/workspace';
import { readDevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';
import type { JudgedDevfile } from './judge-devfile.ts';
import type { Reading } from './reading-options.ts';
import { readFolders } from './settings.ts';
import { version } from './version.ts';

/**
 * What reading a devfile gave, kept in the cache folder until its text, its variables or the code that reads it change:
 * the parser and the schemas are then not even loaded, which is half of what a start takes. One that refers to others is
 * read anew each time, because they may have changed.
 */
export async function recallReading(io: Io, devfile: string, reading: Reading): Promise<JudgedDevfile> {
  const { file, text } = readDevfileText(io, devfile);
  const key = createHash('sha256').update(devfile).digest('hex').slice(0, 32);
  const stamp = stampOwnFolders(readerFolders, JSON.stringify([version, devfile, file, reading.variables, text]));
  let fresh: JudgedDevfile | undefined;
  const judge = async (): Promise<JudgedDevfile> => {
    const { judgeDevfile } = await import('./judge-devfile.ts');
    fresh = await judgeDevfile(io, devfile, reading);
    return fresh;
  };
  const kept = await remember<KeptReading>(join(readFolders(io).cache, 'readings', `${key}.json`), stamp, async () => {
    const { diagnostics, environment, isComplete, imports } = await judge();
    if (imports.length > 0 || !isComplete) return { isAlone: false };
    return { isAlone: true, diagnostics, ...(environment === undefined ? {} : { environment }) };
  });
  if (fresh !== undefined) return fresh;
  if (!kept.isAlone) return judge();
  const { isAlone: _, ...found } = kept;
  return { file, text, isComplete: true, imports: [], ...found };
}

type KeptReading =
  | { readonly isAlone: false }
  | ({ readonly isAlone: true } & Pick<JudgedDevfile, 'diagnostics' | 'environment'>);

/** Where the code lies that reads devfiles. */
function readerFolders(): string[] {
  return ['@devstead/devfile', '@devstead/environment'].map((name) =>
    dirname(fileURLToPath(import.meta.resolve(name))),
  );
}
