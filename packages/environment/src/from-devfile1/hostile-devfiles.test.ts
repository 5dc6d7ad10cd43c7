import { NamePool } from '@devstead/devfile';
import { describe, expect, it } from 'vitest';
import { expandReferences } from './expand-references.ts';
import { Expansion } from './expansion.ts';
import { readText1 } from './read-text.fixture.ts';

const head = 'apiVersion: 1.0.0\nmetadata: { name: x }\n';
describe('a hostile devfile 1.0.0', () => {
  it('cannot make names cost more than there are', () => {
    const [pool, expansion] = [new NamePool(), new Expansion()];
    const many = 30_000;
    const names = Array.from({ length: many }, () => pool.take('same'));
    const others = Array.from({ length: many }, () => expansion.name('same'));
    expect([new Set(names).size, new Set(others).size]).toEqual([many, many]);
  });

  it('cannot make variables grow without end', () => {
    const doubling = Array.from({ length: 60 }, (_, index) => ({
      name: `V${index}`,
      value: index === 0 ? 'x' : `$(V${index - 1})$(V${index - 1})`,
    }));
    const copies = Array.from({ length: 1000 }, (_, index) => ({ name: `C${index}`, value: '$(BIG)' }));
    const all = expandReferences([...doubling, { name: 'BIG', value: 'x'.repeat(30_000) }, ...copies]);
    const length = all.reduce((sum, { value }) => sum + value.length, 0);
    expect(length).toBeLessThan(2 * 1024 * 1024);
  });

  it('has keys that every object has as keys like any other', async () => {
    const { environment } = await readText1(`${head}attributes: {__proto__: a, constructor: b}
components:
- type: kubernetes
  alias: __proto__
  selector: {}
  referenceContent: |
    kind: Pod
    metadata: {name: constructor, labels: {__proto__: x}}
    spec: {containers: [{name: toString, image: i, env: [{name: __proto__, value: z}]}]}
`);
    expect(environment.containers[0]?.env).toContainEqual({ name: '__proto__', value: 'z' });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
