import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './read-config-file.ts';

const read = (text: string, isRepository = false) => parseConfig(text, { file: 'config.yaml', isRepository });
const problems = (text: string, isRepository = false): string[] =>
  read(text, isRepository).diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);

describe('a configuration file', () => {
  it('gives each value with the place of its key', () => {
    const { values, diagnostics } = read(
      'ports:\n  first: 30001\nup:\n  timeout: 2m\n  commands: false\nimages:\n  rewrite:\n    my/python: python\n',
    );
    expect(diagnostics).toEqual([]);
    expect(values.map(({ key, value, line, column }) => [key.path, value, line, column])).toEqual([
      ['ports.first', 30_001, 2, 3],
      ['up.timeout', 120, 4, 3],
      ['up.commands', false, 5, 3],
      ['images.rewrite', { 'my/python': 'python' }, 7, 3],
    ]);
  });

  it('may be empty', () => {
    expect(read('')).toEqual({ values: [], diagnostics: [] });
    expect(read('# nothing\n')).toEqual({ values: [], diagnostics: [] });
  });

  it('has all its problems told at once', () => {
    const text = [
      'port:',
      '  first: 1',
      'ports: 20001',
      'up:',
      '  timeout: soon',
      '  commands: "yes"',
      'ca:',
      '  bundle: relative.pem',
      'debian:',
      '  mirror: ftp://x',
      'images:',
      '  rewrite:',
      '    a/b: nothing-like-it',
      'colour: red',
    ].join('\n');
    expect(problems(text)).toEqual([
      'config.unknown-key 1:1',
      'config.not-a-map 3:8',
      'config.bad-value 5:12',
      'config.bad-value 6:13',
      'config.bad-value 8:11',
      'config.bad-value 10:11',
      'config.unknown-recipe 13:5',
      'config.unknown-key 14:1',
    ]);
  });

  it('has a misspelt key’s right name at hand', () => {
    expect(read('ports:\n  frist: 20001\n').diagnostics[0]?.hint).toContain('ports.first');
  });

  it.each([
    ['a: [1', 'config.yaml-syntax'],
    ['- a\n', 'config.not-a-map'],
    ['up: {timeout: 1}\nup: {timeout: 2}\n', 'config.yaml-syntax'],
    ['ca: {bundle: /no/such/file.pem}', 'config.missing-file'],
    ['x: &a 20001\nports: {first: *a}\n', 'config.bad-value'],
    ['['.repeat(20_000), 'config.yaml-syntax'],
  ])('%j is %s', (text, code) => {
    expect(read(text).diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  it('of a repository may not say whom to trust', () => {
    const text =
      'ca:\n  bundle: /etc/hostname\ndebian:\n  mirror: https://mirror.example/debian\nports:\n  first: 30001\n';
    expect(problems(text, true)).toEqual(['config.not-in-repository 2:3', 'config.not-in-repository 4:3']);
    expect(read(text, true).values.map(({ key }) => key.path)).toEqual(['ports.first']);
  });

  it('never makes reading fail, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abup: {}[]\n\t-&*!|>"\'#,01.?%@`') }), (text) => {
        for (const { line, column } of read(text).diagnostics) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
    );
  });
});
