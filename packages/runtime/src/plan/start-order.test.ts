import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from './container-spec.ts';
import { isJob, orderStarts } from './start-order.ts';

function spec(name: string, before: readonly string[] = [], condition: 'started' | 'completed' = 'started') {
  const startsAfter = before.map((container) => ({ container, condition, isRequired: true }));
  return { name, startsAfter } as unknown as ContainerSpec;
}

describe('the order of starts', () => {
  it('has each after those it waits for, and else stays', () => {
    const names = orderStarts([spec('web', ['api']), spec('api', ['db', 'queue']), spec('queue'), spec('db')]).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['db', 'queue', 'api', 'web']);
    expect(orderStarts([spec('b'), spec('a', ['gone'])]).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('has those of a circle once each', () => {
    expect(orderStarts([spec('a', ['b']), spec('b', ['a'])])).toHaveLength(2);
  });

  it('holds for any graph without circles', () => {
    const graph = fc.array(fc.array(fc.nat(20)), { maxLength: 20 }).map((rows) =>
      // Each only waits for earlier ones.
      rows.map((row, index) =>
        spec(
          `c${index}`,
          row.filter((other) => other < index).map((other) => `c${other}`),
        ),
      ),
    );
    fc.assert(
      fc.property(graph, fc.func(fc.integer()), (specs, key) => {
        const ordered = orderStarts(specs.toSorted((a, b) => key(a.name) - key(b.name))).map(({ name }) => name);
        expect(new Set(ordered).size).toBe(specs.length);
        for (const { name, startsAfter = [] } of specs) {
          for (const { container } of startsAfter) {
            expect(ordered.indexOf(container)).toBeLessThan(ordered.indexOf(name));
          }
        }
      }),
    );
  });

  it('knows what others wait for to end', () => {
    const specs = [spec('web', ['migrate'], 'completed'), spec('migrate'), spec('db')];
    expect(specs.filter((one) => isJob(one, specs)).map(({ name }) => name)).toEqual(['migrate']);
  });
});
