import { describe, expect, it } from 'vitest';
import { openMarked, textIn } from '../marked-text.fixture.ts';
import { hover } from './hover.ts';

const head = 'schemaVersion: 2.2.2\n';

function show(marked: string): string | undefined {
  const { document, position } = openMarked(marked);
  return hover(document, position)?.markdown;
}

describe('hover', () => {
  it.each([
    ['a field', `${head}components:\n  - name: a\n    container:\n      source|Mapping: /x`, /projects/],
    [
      'its value',
      `${head}components:\n  - name: a\n    container:\n      endpoints:\n        - exposure: pub|lic`,
      /Default: `public`/,
    ],
    [
      'an element of a list',
      `${head}commands:\n  - id: a\n    exec:\n      component: x\n      commandLine: y\n  - id: b\n    composite: {commands: [c|]}`,
      /not in this file/,
    ],
    ['a section', `${head}compo|nents: []`, /component/i],
    ['a field of a newer version', `${head}dependentPro|jects: []`, /Since devfile 2\.2\.2/],
    ['a field without words', `${head}components:\n  - name: a\n    container:\n      end|points: []`, /A list\./],
    [
      'an attribute with a meaning',
      `${head}attributes:\n  controller.devfile.io/storage|-type: async`,
      /per-workspace/,
    ],
    [
      'a component that is named',
      `${head}components:\n  - name: a\n    container: {image: node}\ncommands:\n  - id: x\n    exec: {component: a|, commandLine: y}`,
      /`container: node`\n\ndevfile.yaml:3/,
    ],
    [
      'a variable',
      `${head}variables: {tag: "1\`2"}\ncomponents:\n  - name: a\n    container:\n      image: x:{{t|ag}}`,
      /`` 1`2 ``/,
    ],
  ])('explains %s', (_what, marked, words) => {
    expect(show(marked)).toMatch(words);
  });

  it.each([
    ['the indentation', `${head}components:\n | - name: a`],
    ['a comment', `${head}# comp|onents`],
    ['an unknown field', `${head}noth|ing: 1`],
    ['an empty file', '|'],
    ['a free attribute', `${head}attributes: {a: b|c}`],
  ])('has nothing to say about %s', (_what, marked) => {
    expect(show(marked)).toBeUndefined();
  });

  it('covers what it explains', () => {
    const { document, position } = openMarked(`${head}meta|data:\n  name: x`);
    const found = hover(document, position);
    expect(found === undefined ? '' : textIn(document, found.range)).toBe('metadata');
  });
});
