import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as language from './index.ts';

const everything = readFileSync(new URL('../../fixtures/everything.yaml', import.meta.url), 'utf8');
const sound = readFileSync(new URL('../../fixtures/sound.yaml', import.meta.url), 'utf8');
const texts = [everything, sound, JSON.stringify(parse(sound), null, 2), JSON.stringify(parse(sound))];

/** A text with pieces cut out and put in, in one of both forms of line breaks. */
const damaged = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat(30),
        put: fc.constantFrom(
          '',
          '😀',
          '"',
          '{{',
          '}}',
          '\n',
          '  ',
          ': ',
          '- ',
          '[',
          '}',
          '&a ',
          '*a',
          '#',
          '\r',
          '__proto__: 1\n',
        ),
      }),
      { maxLength: 5 },
    ),
    fc.boolean(),
  )
  .map(([text, edits, isCrlf]) => {
    const result = edits.reduce((each, { at, length, put }) => {
      const from = at % (each.length + 1);
      return each.slice(0, from) + put + each.slice(from + length);
    }, text);
    return isCrlf ? result.replaceAll('\n', '\r\n') : result;
  });

describe('the language service', () => {
  it('answers every question about any text, with places inside it', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.nat(), async (text, at) => {
        const document = language.openDocument(text);
        const position = document.lines.positionAt(at % (text.length + 1));
        const found = await language.diagnose(document);
        const fixes = found.flatMap(({ diagnostic, range }) => language.listFixes(document, diagnostic, range));
        const ranges = [
          ...found.map(({ range }) => range),
          ...fixes.flatMap(({ edits }) => edits.map(({ range }) => range)),
          ...language.complete(document, position).map(({ edit }) => edit.range),
          ...language.findDefinitions(document, position),
          ...language.findReferencesTo(document, position, true),
          ...language.rename(document, position, 'new-name').map(({ range }) => range),
          ...language.listSymbols(document).map(({ range }) => range),
          language.hover(document, position)?.range ?? { start: position, end: position },
        ];
        for (const { start, end } of ranges) {
          const [from, to] = [document.lines.offsetAt(start), document.lines.offsetAt(end)];
          expect([document.lines.positionAt(from), document.lines.positionAt(to)]).toEqual([start, end]);
          expect(from).toBeLessThanOrEqual(to);
        }
        for (const { startLine, endLine } of language.listFoldings(document)) {
          expect(startLine).toBeLessThan(endLine);
          expect(endLine).toBeLessThan(document.lines.count);
        }
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('knows JSON as well as YAML', () => {
    const text = JSON.stringify(parse(sound), null, 2);
    const document = language.openDocument(text, 'devfile.json');
    const at = (word: string, add = 1) => document.lines.positionAt(text.indexOf(word) + add);
    expect(language.hover(document, at('"commandLine"'))?.markdown).toContain('command-line');
    const used = language.findReferencesTo(document, at('"component": "', '"component": "'.length), true);
    expect(used.length).toBeGreaterThan(1);
    const renamed = language.applyEdits(
      text,
      language.rename(document, at('"component": "', '"component": "'.length), 'renamed'),
    );
    expect(JSON.stringify(JSON.parse(renamed)).match(/"renamed"/g)).toHaveLength(used.length);
  });
});
