import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hasErrors } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { diagnosticTable } from './codes.ts';
import { applyBooleanDefaults } from './defaults.ts';
import { fileFetcher } from './file-fetcher.fixture.ts';
import { readDevfile } from './read-devfile.ts';
import type { Devfile, Profile } from './types.ts';

interface Expected {
  readonly valid: boolean;
  readonly flattened?: unknown;
  readonly variableWarnings?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const isThere = existsSync(corpus);
const probes = isThere ? listFiles('probes') : [];
/** Devfiles 2.x of the documents that describe the product. */
const seeds = isThere
  ? readdirSync(`${corpus}seeds`)
      .map((file) => `seeds/${file}`)
      .filter((file) => /^schemaVersion:/m.test(readFileSync(corpus + file, 'utf8')))
  : [];
const stacks = isThere ? listFiles('registry/stacks') : [];

function listFiles(folder: string): string[] {
  return readdirSync(corpus + folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => existsSync(`${corpus}${folder}/${file}.expected.json`))
    .map((file) => `${folder}/${file}`);
}

async function read(file: string, profile: Profile) {
  const text = readFileSync(corpus + file, 'utf8');
  const expected: Expected = JSON.parse(readFileSync(`${corpus}${file}.expected.json`, 'utf8'));
  const location = pathToFileURL(corpus + file).href;
  return { expected, result: await readDevfile(text, { file, profile, location, fetcher: fileFetcher }) };
}

/** The reference drops empty values and what its structures do not know, and sorts the commands of events. */
const unknownToReference = /^(github|foo|alpha\..*)$/;
const eventNames = new Set(['preStart', 'postStart', 'preStop', 'postStop']);

function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(
      ([key, child]) =>
        [
          key,
          normalize(eventNames.has(key) && Array.isArray(child) ? child.map(String).toSorted(compareText) : child),
        ] as const,
    )
    .filter(([key, child]) => !isEmpty(child) && !unknownToReference.test(key));
  return Object.fromEntries(kept);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function flatten(devfile: Devfile | undefined): unknown {
  return devfile === undefined ? undefined : normalize(applyBooleanDefaults(devfile));
}

it.skipIf(!isThere)('the corpus lies beside this repository', () => {
  expect(probes.length).toBeGreaterThan(100);
  expect(stacks.length).toBeGreaterThan(80);
});

describe.skipIf(!isThere)('the reference corpus', () => {
  it.each(probes)('gives %s the verdict of the reference in the strict profile', async (file) => {
    const { expected, result } = await read(file, 'strict');
    expect(result.devfile !== undefined).toBe(expected.valid);
    expect(hasErrors(result.diagnostics)).toBe(!expected.valid);
    expect(flatten(result.devfile)).toEqual(normalize(expected.flattened));
    const warnings = Object.values(expected.variableWarnings ?? {}).flatMap((group) => Object.values(group).flat());
    const undefinedVariables = result.diagnostics.filter(({ code }) => code === 'devfile.undefined-variable');
    expect(undefinedVariables).toHaveLength(warnings.length);
  });

  it.each(stacks)('reads %s as the reference does', async (file) => {
    const { expected, result } = await read(file, 'strict');
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(flatten(result.devfile)).toEqual(normalize(expected.flattened));
  });

  it.each([...stacks, ...seeds])('takes %s in the compat profile', async (file) => {
    const text = readFileSync(corpus + file, 'utf8');
    const { diagnostics } = await readDevfile(text, { file });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([...probes, ...stacks])('places every diagnostic of %s inside its text', async (file) => {
    for (const profile of ['strict', 'compat'] as const) {
      const { result } = await read(file, profile);
      for (const { code, file: name, line = 0, column = 0, endColumn = 0 } of result.diagnostics) {
        const lines = (result.files.find((one) => one.file === name)?.text ?? '').split('\n');
        expect(diagnosticTable).toHaveProperty([code]);
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThan(0);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        expect(endColumn).toBeGreaterThan(column);
      }
    }
  });
});
