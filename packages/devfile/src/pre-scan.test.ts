import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { preScan } from './pre-scan.ts';
import { readDevfile } from './read-devfile.ts';
import { readYaml } from './read-yaml.ts';

const many = 100_000;
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

function measureDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(measureDepth));
}

const attacks: [string, string, string][] = [
  ['open lists', 'a: ' + '['.repeat(many), 'devfile.too-deep'],
  ['open maps', '{a: '.repeat(many), 'devfile.too-deep'],
  ['open lists line by line', '[\n'.repeat(many), 'devfile.too-deep'],
  ['compact lists', '- '.repeat(many), 'devfile.too-deep'],
  ['explicit keys', '? '.repeat(many), 'devfile.too-deep'],
  ['deep indentation', times(600, (index) => `${' '.repeat(index)}a:\n`), 'devfile.too-deep'],
  ['deep lists by indentation', times(600, (index) => `${' '.repeat(index)}-\n`), 'devfile.too-deep'],
  ['an apostrophe in plain text before the brackets', "- it's\n- " + '['.repeat(many), 'devfile.too-deep'],
  ['a bar that starts no block scalar', '[a, |\n ' + '['.repeat(many), 'devfile.too-deep'],
  ['many deep documents', `---\n${'['.repeat(900)}\n`.repeat(100), 'devfile.too-deep'],
  ['keys', times(40_000, (index) => `k${index}: v\n`), 'devfile.too-many-keys'],
  ['keys of a flow map', `{${times(40_000, (index) => `k${index}: v,`)}}`, 'devfile.too-many-keys'],
  ['keys of a JSON map', `{${times(30_000, (index) => `"k${index}":1,`)}"z":1}`, 'devfile.too-many-keys'],
  ['the same key', 'schemaVersion: 2.2.2\n'.repeat(20_000), 'devfile.too-many-keys'],
  ['aliases', `a: &a x\nb:\n${'- *a\n'.repeat(many / 2)}`, 'devfile.too-many-aliases'],
  ['bytes', `a: ${'x'.repeat(limits.bytes)}`, 'devfile.too-large'],
  ['bytes of wide characters', `a: ${'\u20ac'.repeat(limits.bytes / 3)}`, 'devfile.too-large'],
];

const afterScan: [string, string, string][] = [
  ['values', `a:\n${'- a\n'.repeat(many)}`, 'devfile.too-many-values'],
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join()}]\n`).join('')}`,
    'devfile.too-many-values',
  ],
  [
    'a bomb of merges',
    `a: &a {x: 1}\n${times(
      60,
      (index) =>
        `m${index}: &m${index}\n  <<: [${Array(15)
          .fill(index === 0 ? '*a' : `*m${index - 1}`)
          .join()}]\n`,
    )}`,
    'devfile.too-many-values',
  ],
  ['an anchor that contains itself', 'a: &a [*a]', 'devfile.yaml-syntax'],
  ['closing brackets', ']'.repeat(20_000), 'devfile.yaml-syntax'],
  ['commas', `[${','.repeat(20_000)}`, 'devfile.yaml-syntax'],
  ['anchors', `a: ${'&a '.repeat(20_000)}`, 'devfile.yaml-syntax'],
];

describe('preScan', () => {
  it.each(attacks)('stops %s before the YAML library', async (_name, text, code) => {
    expect(preScan(text, 'f')?.code).toBe(code);
    expect((await readDevfile(text, { file: 'f' })).diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  it.each(afterScan)('survives %s', async (_name, text, code) => {
    const { devfile, diagnostics } = await readDevfile(text, { file: 'f' });
    expect(devfile).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  it('says where the limit is passed', () => {
    expect(preScan(`a: 1\nb: ${'['.repeat(70)}`, 'f')).toMatchObject({ line: 2, column: 67, severity: 'error' });
  });

  it('does not count what lies in texts', () => {
    const open = '[{'.repeat(100);
    const deepScript = times(90, (index) => `${' '.repeat(index + 3)}if:\n`);
    for (const text of [
      `a: "${open}"\nb: '${open}'\nc: x${open}\n# ${open}\nd: e # ${open}`,
      `a: |\n  ${open}\n${deepScript}b: 1`,
      `- b: >-\n    ${open}\n  c: d`,
      `a: "x\n  ${open}\n  y"\nb: 'it''s\n  ${open}'`,
      `a: text\n  that's ${open} going on\nb: 1`,
      `a: "${'- '.repeat(100)}"`,
    ]) {
      expect(preScan(text, 'f')).toBeUndefined();
    }
  });

  it('lets pass what is just within the limits', () => {
    const deep = `${'['.repeat(limits.depth - 1)}${']'.repeat(limits.depth - 1)}`;
    expect(preScan(`a: ${deep}`, 'f')).toBeUndefined();
    expect(readYaml(`a: ${deep}`, 'f').diagnostics).toEqual([]);
    const wide = times(limits.keysPerMap, (index) => `k${index}: v\n`);
    expect(preScan(wide, 'f')).toBeUndefined();
    expect(readYaml(wide, 'f').diagnostics).toEqual([]);
  });

  it('is backed by the same limits while parsing, for text it misreads', () => {
    expect(readYaml('['.repeat(5000), 'f').diagnostics).toMatchObject([{ code: 'devfile.too-deep' }]);
    expect(readYaml('- '.repeat(5000), 'f').diagnostics).toMatchObject([{ code: 'devfile.too-deep' }]);
    const wide = times(5000, (index) => `k${index}: v\n`);
    expect(readYaml(wide, 'f').diagnostics).toMatchObject([{ code: 'devfile.too-many-keys' }]);
  });

  it('lets nothing deeper than the limit become a value, whatever it misreads', () => {
    const opener = fc.constantFrom(
      '[',
      '{a: ',
      '- ',
      '? ',
      '{"a":',
      '\n- ',
      '\n  ',
      '[[',
      '!t ',
      '&a ',
      'k: ',
      '\n',
      'a\n',
      '# c\n',
      '"q" ',
    );
    fc.assert(
      fc.property(
        fc.array(opener, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 70, max: 300 }),
        (parts, count) => {
          const text = parts.join('').repeat(count);
          expect(measureDepth(readYaml(text, 'f').value)).toBeLessThanOrEqual(limits.depth + 1);
          expect(preScan(text, 'f')?.code ?? 'devfile.too-').toMatch(/^devfile\.too-/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
