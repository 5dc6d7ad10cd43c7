import { readFileSync } from 'node:fs';
import type { Diagnostic } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticTable } from './codes.ts';
import { readDevfile } from './read-devfile.ts';
import { renderDiagnostic } from './render-diagnostic.ts';

const seeds = [
  'ten-mistakes.yaml',
  'schema-mistakes.yaml',
  'mixed-ten-mistakes.yaml',
  'prototype-keys.yaml',
  'everything.yaml',
  'sound.yaml',
].map((name) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));
const snippets = [
  '"',
  "'",
  ': ',
  '- ',
  '[',
  '{',
  '}',
  ']',
  '&a ',
  '*a',
  '<<: *a',
  '|\n',
  '\t',
  '\r\n',
  '---\n',
  '{{a}}',
  '!!int ',
  '~',
  '\u0000',
  '\ud800',
  '\ufeff',
  '__proto__: ',
  '? ',
];

function expectWellPlaced(diagnostics: readonly Diagnostic[], text: string): void {
  const lines = text.split('\n');
  for (const { code, line = 0, column = 0, endColumn = column + 1 } of diagnostics) {
    expect(diagnosticTable).toHaveProperty([code]);
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThan(0);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    expect(endColumn).toBeGreaterThan(column);
  }
}

async function expectJudged(text: string): Promise<void> {
  const { devfile, diagnostics, originsOf } = await readDevfile(text, { file: 'f', variables: { a: '{{b}}' } });
  expect(devfile === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  expectWellPlaced(diagnostics, text);
  for (const diagnostic of diagnostics) renderDiagnostic(diagnostic, text);
  originsOf(['components', 0, 'container', 'image']);
}

describe('any text', () => {
  it('is judged, never thrown at', async () => {
    const unit = fc.oneof(fc.constantFrom(...snippets, '\n', ' ', 'a', 'components:\n'), fc.string({ maxLength: 3 }));
    const body = fc.array(unit, { maxLength: 40 }).map((parts) => parts.join(''));
    const text = fc.tuple(fc.constantFrom('', 'schemaVersion: 2.2.2\n'), body).map((parts) => parts.join(''));
    await fc.assert(fc.asyncProperty(text, expectJudged), { numRuns: 1500 });
  });

  it('is judged when it was a devfile before', async () => {
    const change = fc.record({ at: fc.nat(3000), cut: fc.nat(40), insert: fc.constantFrom('', ...snippets) });
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }))
      .map(([seed, changes]) =>
        changes.reduce((text, { at, cut, insert }) => {
          const start = at % (text.length + 1);
          return text.slice(0, start) + insert + text.slice(start + cut);
        }, seed),
      );
    await fc.assert(fc.asyncProperty(mutated, expectJudged), { numRuns: 600 });
  });
});

describe('any value in any place', () => {
  it('is judged by the schema and the rules', async () => {
    const field = fc.constantFrom(
      'name',
      'id',
      'container',
      'image',
      'volume',
      'exec',
      'apply',
      'composite',
      'commands',
      'component',
      'commandLine',
      'group',
      'kind',
      'git',
      'remotes',
      'checkoutFrom',
      'endpoints',
      'targetPort',
      '__proto__',
      '0',
    );
    const leaf = fc.constantFrom<unknown>('a', 'b', '', '{{a}}', 1, -1, 1.5, true, null, 'run', [], {});
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(field, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const top = fc.constantFrom(
      'components',
      'commands',
      'projects',
      'events',
      'metadata',
      'variables',
      'attributes',
      'starterProjects',
    );
    const document = fc.dictionary(top, value).map((fields) => JSON.stringify({ schemaVersion: '2.3.0', ...fields }));
    await fc.assert(fc.asyncProperty(document, expectJudged), { numRuns: 1000 });
  });
});
