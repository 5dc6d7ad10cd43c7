import { describe, expect, it } from 'vitest';
import { readDevfile } from '../../read-devfile.ts';
import { applyEdits } from '../fixes/apply-edits.ts';
import { openMarked, textIn } from '../marked-text.fixture.ts';
import { findDefinitions, findReferencesTo, findRenamed, refuseName, rename } from './find-definition.ts';

const text = `schemaVersion: 2.2.2
variables:
  tag: "1"
components:
  - name: web
    container:
      image: "😀{{ tag }}:{{tag}}"
      volumeMounts:
        - name: data
  - name: 'data'
    volume: {}
commands:
  - id: build
    exec:
      component: web
      commandLine: echo {{tag}}
  - id: all
    composite:
      commands:
        - build
events:
  postStart:
    - Build
projects:
  - name: a
    git:
      remotes: {origin: x, fork: z}
      checkoutFrom: {remote: fork}
  - name: b
    git:
      remotes: {fork: x}
`;

/** The cursor before the nth occurrence of a word, each in the text's own form of line breaks. */
function at(word: string, nth = 0, own = text) {
  let offset = own.indexOf(word);
  for (let count = 0; count < nth; count++) offset = own.indexOf(word, offset + 1);
  return openMarked(`${own.slice(0, offset)}|${own.slice(offset)}`);
}

const lineOf = ({ start }: { start: { line: number } }) => start.line + 1;

describe('findDefinitions', () => {
  it.each([
    ['a component', 'web\n      commandLine', 5],
    ['a volume', 'data\n  - name', 10],
    ['a command of a composite', 'build\nevents', 13],
    ['a command of an event', 'Build', 13],
    ['a remote', 'fork}', 27],
  ])('finds %s', (_what, word, line) => {
    const { document, position } = at(word);
    expect(findDefinitions(document, position).map(lineOf)).toEqual([line]);
  });

  it('finds a variable behind characters of two units and in CR LF lines', () => {
    const own = text.replaceAll('\n', '\r\n');
    const { document, position } = at('{{ tag', 0, own);
    const inside = { ...position, character: position.character + 4 };
    const ranges = findReferencesTo(document, inside, true);
    expect(ranges.map(lineOf)).toEqual([3, 7, 7, 16]);
    expect(ranges.map((range) => textIn(document, range))).toEqual(['tag', 'tag', 'tag', 'tag']);
    expect(ranges[1]?.start.character).toBe('      image: "😀{{ '.length);
  });

  it('finds nothing for a word that is no name', () => {
    const { document, position } = at('image');
    expect(findDefinitions(document, position)).toEqual([]);
    expect(findRenamed(document, position)).toBeUndefined();
  });
});

describe('rename', () => {
  it.each([
    ['web', 'server'],
    ['data', 'cache'],
    ['build', 'make'],
    ['tag', 'version'],
    ['fork', 'upstream'],
  ])('gives %s another name everywhere', async (word, name) => {
    const { document, position } = at(word);
    const renamed = applyEdits(document.text, rename(document, position, name));
    const codes = async (each: string) =>
      (await readDevfile(each, { file: 'd' })).diagnostics.map(({ code, line }) => [code, line]);
    expect(await codes(renamed)).toEqual(await codes(text));
    expect(renamed).toContain(name);
  });

  it('leaves remotes of other projects alone', () => {
    const { document, position } = at('fork}');
    expect(rename(document, position, 'up').map(({ range }) => lineOf(range))).toEqual([27, 28]);
  });

  it.each([
    ['Not A Name', 'web'],
    ['data', 'web'],
    ['', 'tag'],
    ['a}b', 'tag'],
  ])('refuses %j for %s', (name, word) => {
    const { document, position } = at(word);
    expect(refuseName(document, position, name)).toBeTypeOf('string');
    expect(rename(document, position, name)).toEqual([]);
  });
});
