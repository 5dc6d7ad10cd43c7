import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, makeLimits } from '../limits.ts';
import { createPositions } from '../positions.ts';
import { readYaml } from '../read-yaml.ts';
import type { DocumentPath } from '../types.ts';
import { readUsualYaml } from './read-usual-yaml.ts';
import { readUsualSource } from './usual-source.ts';
import { mutate, tokenSoup, yamlTexts } from './yaml-texts.fixture.ts';

const corpus = fileURLToPath(new URL('../../../../../shared/corpus/', import.meta.url));
const isThere = existsSync(corpus);
const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const readAll = (folder: string) =>
  globSync('**/*.{yaml,yml,json}', { cwd: folder }).map((name) => readFileSync(folder + name, 'utf8'));
const seeds = readAll(fixtures);

function listPaths(value: unknown, path: DocumentPath = []): DocumentPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [path, [...path, 'none'], ...[...entries].flatMap(([key, child]) => listPaths(child, [...path, key]))];
}

/** Holds what the fast reader gives against the full parser; false when it gives nothing. */
function expectSame(text: string, lineBreak = '\n'): boolean {
  const usual = readUsualYaml(text, limits);
  if (usual === undefined) return false;
  const full = readYaml(text.replaceAll('\n', lineBreak), 'f');
  expect(full.diagnostics).toEqual([]);
  expect(usual.value).toEqual(full.value);
  const positions = createPositions({ text, file: 'f', readRoot: () => readUsualSource(text, limits) });
  const places = (of: typeof positions) =>
    listPaths(usual.value).map((path) => [path, of.has(path), of.locate(path), of.locate(path, 'key')]);
  expect(places(positions)).toEqual(places(full.positions));
  return true;
}

describe('the fast reader', () => {
  it.each([
    ['a: 1 # c\n# c\n\nb:\n- x\n-   k: z\n    w: "q"\n', { a: 1, b: ['x', { k: 'z', w: 'q' }] }],
    ['---\na:\nb: yes\nc: 0120\nd: e1\n', { a: null, b: true, c: 80, d: 'e1' }],
    ['a: |\n  if x\n    y\n\n  z\n\nb: >-\n  one\n  two\n\n  three\n', { a: 'if x\n  y\n\nz\n', b: 'one two\nthree' }],
    ['a: one\n  two\n\n  three\nb: "x\n  y"\n', { a: 'one two\nthree', b: 'x y' }],
    ['{"a": [1, "\\u0041\\n"],\n "b": {"c": null}}', { a: [1, 'A\n'], b: { c: null } }],
    ['a: [ "x", y z,\n  {k: v} ]', { a: ['x', 'y z', { k: 'v' }] }],
    ['a: "x\u00a0\n  y"\n', { a: 'x\u00a0 y' }],
    ["a: 'it''s'\n'b c': d\n", { a: "it's", 'b c': 'd' }],
  ])('reads %j', (text, value) => {
    expect(readUsualYaml(text, limits)?.value).toEqual(value);
    expect(expectSame(text)).toBe(true);
  });

  it('keeps names of prototypes as keys like any other', () => {
    const value = readUsualYaml('__proto__: {a: 1}\nconstructor: x\n', limits)?.value;
    expect(Object.entries(value ?? {})).toEqual([
      ['__proto__', expect.objectContaining({})],
      ['constructor', 'x'],
    ]);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it.each([
    ['an anchor', 'a: &x 1\n'],
    ['a tag', 'a: !!int 1\n'],
    ['a merge key', 'a:\n  <<: {b: 1}\n'],
    ['the same key twice', 'a: 1\na: 2\n'],
    ['a key that is a boolean', 'n: 1\n'],
    ['another document', 'a: 1\n---\nb: 2\n'],
    ['a tab', 'a:\tb\n'],
    ['no document', '# c\n'],
    ['a single value', 'a\n'],
    ['a mistake', 'a: b: c\n'],
    ['a quote that stays open', 'a: "b\n'],
    ['too many levels', `a: ${'['.repeat(100)}${']'.repeat(100)}`],
    ['too many keys', Array.from({ length: limits.keysPerMap + 1 }, (_, index) => `k${index}: v\n`).join('')],
    ['too many values', `a: [${'1,'.repeat(limits.nodes)}]`],
  ])('leaves %s to the full parser', (_name, text) => {
    expect(readUsualYaml(text, limits)).toBeUndefined();
  });

  it('reads more where more is allowed', () => {
    const text = Array.from({ length: limits.keysPerMap * 2 }, (_, index) => `k${index}: v\n`).join('');
    expect(readUsualYaml(text, makeLimits(limits.bytes * 2))?.value).toHaveProperty('k3999', 'v');
  });
});

describe('values and places of the fast reader and of the full parser are the same', () => {
  // How many of the texts it has read: when none, the comparison says nothing.
  it.each([
    ['what people may write', yamlTexts, 3000, 500],
    ['what people may write on Windows', yamlTexts, 1000, 150, '\r\n'],
    ['what was a devfile before', mutate(seeds), 1000, 50],
    ['pieces in any order', tokenSoup, 1000, 5],
  ])('for %s', (_name, texts, numRuns, least, lineBreak?: string) => {
    let read = 0;
    const property = fc.property(texts, (text) => {
      if (expectSame(text, lineBreak)) read++;
    });
    fc.assert(property, { numRuns });
    expect(read).toBeGreaterThan(least);
  });

  it.skipIf(!isThere)('for the corpus, which lies beside this repository and of which it reads nearly all', () => {
    const texts = readAll(corpus).filter(
      (text) => text.length < limits.bytes && readYaml(text, 'f').diagnostics.length === 0,
    );
    const read = texts.filter((text) => expectSame(text));
    expect(texts.length).toBeGreaterThan(200);
    expect(read.length / texts.length).toBeGreaterThan(0.95);
  });
});
