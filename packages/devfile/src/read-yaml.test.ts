import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';

const codesOf = (text: string) =>
  readYaml(text, 'f').diagnostics.map(({ code, line, column }) => `${line}:${column} ${code.replace('devfile.', '')}`);

describe('readYaml', () => {
  it.each([
    ['a: !!str 5', { a: '5' }],
    ['a: !!int "5"', { a: 5 }],
    ['a: ! 5', { a: '5' }],
    ['a: !own 5', { a: '5' }],
    ['a: "5"', { a: '5' }],
    ['a: |-\n  5\n', { a: '5' }],
    ['1: a\n2.5: b\ntrue: c', { '1': 'a', '2.5': 'b', true: 'c' }],
    ['a: &x {b: 1}\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}', { a: { b: 1, c: 2 }, d: { b: 1, c: 3 } }],
    ['d: {c: 3, <<: {c: 4, e: 5}}', { d: { c: 3, e: 5 } }],
    ['d: {<<: [{c: 1}, {c: 2, e: 3}]}', { d: { c: 1, e: 3 } }],
    ['d: {"<<": 1}', { d: { '<<': 1 } }],
    ['a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['? a\n: b\n? c', { a: 'b', c: null }],
    ['\ufeffa: b', { a: 'b' }],
    ['a: b\r\nc: d\r\n', { a: 'b', c: 'd' }],
    ['%YAML 1.2\n---\na: yes', { a: true }],
  ])('reads %j', (text, value) => {
    const reading = readYaml(text, 'f');
    expect(reading.diagnostics).toEqual([]);
    expect(reading.value).toEqual(value);
  });

  it.each([
    ['a:\n\tb: c', ['2:1 yaml-syntax']],
    ['a: *b', ['1:4 yaml-syntax']],
    ['a: !!int x', ['1:10 yaml-syntax']],
    ['a: .inf', ['1:4 yaml-syntax']],
    ['{[a]: b}', ['1:2 yaml-syntax']],
    ['~: b', ['1:1 yaml-syntax']],
    ['<<: 5', ['1:5 yaml-syntax']],
    ['a: "b', ['1:4 yaml-syntax']],
    ['a: 1\nb: 2\na: 3', ['3:1 yaml-duplicate-key']],
    ['a: {n: 1}', ['1:5 yaml-boolean-key']],
    ['a: 1\n---\nb: 2', ['3:1 yaml-multiple-documents']],
    ['a: 1\n---\n[[[', ['3:1 yaml-multiple-documents']],
    ['a: 1\n...\n# end', []],
  ])('places what is wrong in %j', (text, expected) => {
    expect(codesOf(text)).toEqual(expected);
  });

  it('takes the last of duplicate keys, for values and for places', () => {
    const { value, positions } = readYaml('a: 1\nb: 2\na: 3', 'f');
    expect(value).toEqual({ a: 3, b: 2 });
    expect(positions.locate(['a'])).toEqual({ line: 3, column: 4, endColumn: 5 });
  });

  it('places keys, values and what lies in a value', () => {
    const { positions } = readYaml('list:\n  - name: one\n    deep: { x: "a {{v}}" }\nempty:\n', 'f');
    expect(positions.locate(['list', 0, 'name'])).toEqual({ line: 2, column: 11, endColumn: 14 });
    expect(positions.locate(['list', 0, 'name'], 'key')).toEqual({ line: 2, column: 5, endColumn: 9 });
    expect(positions.locate(['list', 0])).toEqual({ line: 2, column: 5, endColumn: 9 });
    expect(positions.locate(['list', 0, 'deep', 'x'], 'value', '{{v}}')).toEqual({
      line: 3,
      column: 19,
      endColumn: 24,
    });
    expect(positions.locate(['empty'])).toEqual({ line: 4, column: 1, endColumn: 6 });
    expect(positions.locate(['list', 5, 'name'])).toEqual({ line: 1, column: 1, endColumn: 5 });
    expect(positions.has(['list', 0, 'deep', 'x'])).toBe(true);
    expect(positions.has(['list', 0, 'deep', 'y'])).toBe(false);
  });
});
