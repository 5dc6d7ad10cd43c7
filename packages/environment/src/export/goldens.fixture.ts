import type { Diagnostic } from '@devstead/kit';
import { expect } from 'vitest';
import type { Export } from './types.ts';

const folder = new URL('../../goldens/export/', import.meta.url);

/** Holds an export to the stored one: its files, and the list of what it could not hold. Gives what of that has no place. */
export async function checkGolden({ files, diagnostics }: Export, name: string): Promise<readonly Diagnostic[]> {
  for (const { path, text } of files) {
    const golden = `${name}.${path.slice(path.lastIndexOf('/') + 1)}`;
    await expect(text).toMatchFileSnapshot(new URL(golden, folder).pathname);
  }
  const lines = diagnostics.map(({ file, line, severity, code, path, message }) =>
    [`${file}:${line}`, severity, code, path, message].join(' '),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(new URL(`${name}.losses.txt`, folder).pathname);
  return diagnostics.filter(({ line }) => line === undefined);
}
