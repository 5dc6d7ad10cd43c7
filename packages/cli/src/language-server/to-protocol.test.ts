import { describe, expect, it } from 'vitest';
import { isDevfile } from './is-devfile.ts';
import { fillTabStops, toProtocolDiagnostic } from './to-protocol.ts';

describe('fillTabStops', () => {
  it.each([
    ['image: $1', 'image: '],
    ['size: ${1:1Gi}', 'size: 1Gi'],
    ['kind: ${1|build,run|}', 'kind: '],
    ['workingDir: ${2:\\${PROJECT_SOURCE\\}}', 'workingDir: ${PROJECT_SOURCE}'],
    ['a \\$1', 'a $1'],
  ])('makes a plain text of %s', (snippet, text) => {
    expect(fillTabStops(snippet)).toBe(text);
  });
});

describe('isDevfile', () => {
  it.each([
    ['file:///a/devfile.yaml', '', true],
    ['file:///a/.devfile.yml', '', true],
    ['file:///a/go-devfile.yaml', '', true],
    ['file:///a%20b/devfile.json', '', true],
    ['file:///a/parent.yaml', '# x\nschemaVersion: 2.2.0\n', true],
    ['file:///a/parent.json', '{"schemaVersion": "2.2.0"}', true],
    ['file:///a/che.yaml', 'apiVersion: 1.0.0\nmetadata: {}\n', true],
    ['file:///a/pod.yaml', 'apiVersion: v1\nkind: Pod\n', false],
    ['file:///a/values.yaml', 'a: b\n', false],
    ['file:///a/mydevfile.yaml', 'a: b\n', false],
    ['file:///a/%', 'a: b\n', false],
  ])('takes %s with %j for one: %s', (uri, text, expected) => {
    expect(isDevfile(uri, text)).toBe(expected);
  });
});

describe('toProtocolDiagnostic', () => {
  it('names the file of a parent and leads to it', () => {
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 6 } };
    const diagnostic = {
      code: 'devfile.x',
      severity: 'warning',
      message: 'm',
      hint: 'h',
      file: 'p.yaml',
      line: 4,
      column: 2,
    } as const;
    const locations = new Map([['p.yaml', 'file:///p.yaml']]);
    expect(toProtocolDiagnostic({ diagnostic, range }, '/devfile.yaml', locations)).toMatchObject({
      message: 'p.yaml:4: m\nh',
      severity: 2,
      range,
      relatedInformation: [{ location: { uri: 'file:///p.yaml', range: { start: { line: 3, character: 1 } } } }],
    });
  });
});
