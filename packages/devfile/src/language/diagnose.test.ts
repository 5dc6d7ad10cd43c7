import { describe, expect, it } from 'vitest';
import { complete } from './completion/complete.ts';
import { diagnose } from './diagnose.ts';
import { hover } from './hover/hover.ts';
import { textIn } from './marked-text.fixture.ts';
import { openDocument } from './open-document.ts';

describe('diagnose', () => {
  it.each(['\n', '\r\n'])('places problems as editors count, with lines that end in %j', async (lineBreak) => {
    const text = ['schemaVersion: 2.2.2', 'metadata: {name: "😀", version: 1}', 'comands: []', 'components:', ''].join(
      lineBreak,
    );
    const document = openDocument(text);
    const found = await diagnose(document);
    expect(found.map(({ diagnostic, range }) => [diagnostic.code, range.start.line, textIn(document, range)])).toEqual([
      ['devfile.schema-wrong-type', 1, '1'],
      ['devfile.schema-unknown-field', 2, 'comands'],
      ['devfile.schema-wrong-type', 3, 'components'],
    ]);
    expect(found[0]?.range.start.character).toBe('metadata: {name: "😀", version: '.length);
  });

  it('shows a file over the limits at its first character', async () => {
    const document = openDocument(`a: ${'x'.repeat(600_000)}`);
    const [found] = await diagnose(document);
    expect(found).toMatchObject({
      diagnostic: { code: 'devfile.too-large' },
      range: { start: { line: 0, character: 0 } },
    });
    expect(document.tree).toBeUndefined();
  });

  it('shows what is wrong in a parent where the file names it', async () => {
    const document = openDocument('schemaVersion: 2.2.2\nparent:\n  uri: p.yaml\n');
    const text = 'schemaVersion: 2.2.2\nmetadata:\n  name: 5\n';
    const answer = { status: 'fetched', text, location: 'https://example.com/p.yaml', file: 'p.yaml' } as const;
    const [found] = await diagnose(document, {
      location: 'https://example.com/devfile.yaml',
      fetcher: { registries: [], fetch: async () => answer },
    });
    expect([found?.diagnostic.file, found && textIn(document, found.range)]).toEqual(['p.yaml', 'parent']);
  });

  it('finds those of a devfile 1.0.0 by its own rules, and proposes nothing of the later format', async () => {
    const document = openDocument('apiVersion: 1.0.0\nmetadata: {name: x}\ncomponents:\n  - type: dockerimag\n    ');
    const found = await diagnose(document);
    expect(found.map(({ diagnostic, range }) => `${range.start.line} ${diagnostic.code}`)).toEqual([
      '3 devfile.schema-bad-value',
    ]);
    const proposed = complete(document, { line: 4, character: 4 }).map(({ label }) => label);
    expect([proposed.includes('alias'), proposed.includes('container')]).toEqual([true, false]);
    expect(hover(document, { line: 3, character: 6 })?.markdown).toContain('**components.type**');
    expect(openDocument('apiVersion: v1\nkind: Pod\n').isDevfile1).toBe(false);
  });
});
