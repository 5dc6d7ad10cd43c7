import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readDevfile } from './read-devfile.ts';

/** What fuzzing has found: each names in its first line the diagnostics it gives. */
const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));

it.each(globSync('finding-*', { cwd: folder }).sort())('%s is judged', async (name) => {
  const text = readFileSync(folder + name, 'utf8');
  const expected = text.slice(0, text.indexOf('\n')).split(' ').slice(1);
  for (const profile of ['compat', 'strict'] as const) {
    const { diagnostics } = await readDevfile(text, { file: name, profile });
    expect(diagnostics.map(({ code }) => code)).toEqual(expected);
  }
});
