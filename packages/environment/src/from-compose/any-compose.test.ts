import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesFromMap } from './load/files.ts';
import { readCompose } from './read-compose.ts';
import { renderConfig } from './render-config/render-config.ts';
import { composeShape } from './schema/compose-shapes-table.ts';
import type { Shape } from './schema/shapes.ts';
import { readEnvironmentFromCompose } from './to-environment/read-environment.ts';

const folder = new URL('../../fixtures/compose/', import.meta.url);
const seeds = readdirSync(folder).flatMap((name) =>
  readdirSync(new URL(`${name}/`, folder))
    .filter((file) => /compose.*\.ya?ml$/.test(file))
    .map((file) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8')),
);

/** Reads everything that can be read of a text and checks what must hold of any; true when it was read whole. */
function readAny(text: string, override = ''): boolean {
  const files = filesFromMap({ '/p/compose.yaml': text, '/p/compose.override.yaml': override });
  const { project, diagnostics } = readCompose({ cwd: '/p', environment: { A: '1' }, home: '/root' }, files);
  const lines = { 'compose.yaml': text.split('\n').length, 'compose.override.yaml': override.split('\n').length };
  for (const { file, line = 1, column = 1, endColumn = 2 } of diagnostics) {
    const known = file === 'compose.yaml' || file === 'compose.override.yaml' ? lines[file] : Number.POSITIVE_INFINITY;
    expect(line).toBeLessThanOrEqual(known);
    expect([line > 0, column > 0, endColumn > column]).toEqual([true, true, true]);
  }
  if (project === undefined || diagnostics.some(({ severity }) => severity === 'error')) return false;
  const model = readEnvironmentFromCompose(project, { nameFile: (path) => path });
  expect(Object.keys(model.environment.provenance).length).toBeGreaterThan(5);
  expect(renderConfig(project, 'yaml')).toContain('services:');
  return true;
}

/** Values of every shape, and now and then something else. */
function arbitraryOf(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  const wild = fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', 'x', '${A}', '${B:-c}', '$', [], {}, ['a', 'a'], {
    a: 1,
  });
  const names = fc.constantFrom('a', 'b', 'x-y', '__proto__', 'c.d');
  const tame = (): fc.Arbitrary<unknown> => {
    switch (shape.kind) {
      case 'any':
        return fc.jsonValue({ maxDepth: 1 });
      case 'null':
        return fc.constant(null);
      case 'flag':
        return fc.constantFrom(true, false, 'true', 'no');
      case 'scalar':
        return fc.constantFrom<unknown>(
          ...(shape.choices ?? ['a', './b', '/c:/d', '80:80', '10s', '5m', '1.5', 'service:a']),
          1,
        );
      case 'list':
        return fc.array(arbitraryOf(shape.items, depth + 1), { maxLength: 2 });
      case 'dictionary':
        return fc.dictionary(names, arbitraryOf(shape.values, depth + 1), { maxKeys: 2 });
      case 'choice':
        return fc.oneof(...shape.of.map((other) => arbitraryOf(other, depth)));
      case 'map': {
        const keys = Object.keys(shape.fields);
        return fc
          .uniqueArray(fc.constantFrom(...keys), { maxLength: depth === 0 ? 5 : 4 })
          .chain((chosen) =>
            fc.record(
              Object.fromEntries(
                chosen.map((key) => [key, arbitraryOf(shape.fields[key] ?? { kind: 'any' }, depth + 1)]),
              ),
            ),
          );
      }
    }
  };
  return fc.oneof({ weight: 12, arbitrary: fc.constant(null).chain(tame) }, { weight: 1, arbitrary: wild });
}

describe('any text', () => {
  it('of the shape of a compose file is read or refused with places', () => {
    const file = arbitraryOf(composeShape);
    fc.assert(
      fc.property(file, file, (one, two) => {
        expect([true, false]).toContain(readAny(JSON.stringify(one), JSON.stringify(two)));
      }),
      { numRuns: 120 },
    );
  });

  it('that somebody has broken is read or refused with places', () => {
    const cut = fc.record({
      seed: fc.nat(seeds.length - 1),
      at: fc.nat(10_000),
      length: fc.nat(40),
      put: fc.string({
        unit: fc.constantFrom(' ', '\n', ':', '-', '&', '*', '<', '$', '{', '}', '[', '"', "'", '!', '#', 'a', '1'),
      }),
    });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        const [first] = cuts;
        let text = seeds[first?.seed ?? 0] ?? '';
        for (const { at, length, put } of cuts) {
          const from = at % Math.max(text.length, 1);
          text = text.slice(0, from) + put + text.slice(from + length);
        }
        expect([true, false]).toContain(readAny(text));
      }),
      { numRuns: 80 },
    );
  });
});
