import type { Diagnostic } from '@devstead/kit';
import { type DevfileResult, type ReadOptions, readDevfile } from '../read-devfile.ts';
import { createMapFetcher } from './map-fetcher.fixture.ts';

interface FilesOptions extends Omit<ReadOptions, 'file' | 'location' | 'fetcher'> {
  readonly registries?: readonly string[];
}

/** Reads `devfile.yaml` of some files that lie in `file:///repo/`, or at their address. */
export async function readFiles(
  files: Readonly<Record<string, string>>,
  { registries, ...options }: FilesOptions = {},
): Promise<DevfileResult & { readonly asked: readonly string[] }> {
  const fetcher = createMapFetcher(files, registries);
  const file = 'devfile.yaml';
  const result = await readDevfile(files[file] ?? '', { ...options, file, location: `file:///repo/${file}`, fetcher });
  return { ...result, asked: fetcher.asked };
}

/** A diagnostic as `FILE:LINE:COLUMN CODE`. */
export function outline({ code, file, line, column }: Diagnostic): string {
  return `${file}:${line}:${column} ${code}`;
}

/** A devfile 2.2.2 with a name, and some lines more. */
export function makeDevfile(...lines: string[]): string {
  return ['schemaVersion: 2.2.2', 'metadata: {name: main}', ...lines, ''].join('\n');
}
