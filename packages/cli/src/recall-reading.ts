import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remember, stampOwnFolders } from '@devstead/runtime/workspace';
import { readDevfileText } from './find-devfile.ts';
import type { Io } from './io.ts';
import type { JudgedDevfile } from './judge-devfile.ts';
import { readFolders } from './settings.ts';
import { version } from './version.ts';

/**
 * What reading a devfile gave, kept in the cache folder until its text, its variables or the code that reads it change:
 * the parser and the schemas are then not even loaded, which is half of what a start takes.
 */
export async function recallReading(
  io: Io,
  devfile: string,
  variables: Readonly<Record<string, string>>,
): Promise<JudgedDevfile> {
  const { file, text } = readDevfileText(io, devfile);
  const key = createHash('sha256').update(devfile).digest('hex').slice(0, 32);
  const stamp = stampOwnFolders(readerFolders, JSON.stringify([version, devfile, file, variables, text]));
  const kept = await remember(join(readFolders(io).cache, 'readings', `${key}.json`), stamp, async () => {
    const { judgeDevfile } = await import('./judge-devfile.ts');
    const { diagnostics, environment } = await judgeDevfile(io, devfile, { variables });
    return { diagnostics, ...(environment === undefined ? {} : { environment }) };
  });
  return { file, text, ...kept };
}

/** Where the code lies that reads devfiles. */
function readerFolders(): string[] {
  return ['@devstead/devfile', '@devstead/environment'].map((name) =>
    dirname(fileURLToPath(import.meta.resolve(name))),
  );
}
