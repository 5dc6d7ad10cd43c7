import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from './container-spec.ts';
import { askUp, makeContainer, makeEnvironment, nothing } from './environment.fixture.ts';
import { endsByDesign, keepAlive } from './keep-alive.ts';

const [spec] = askUp(makeEnvironment({ containers: [makeContainer('web')] }), nothing).specs;
if (spec === undefined) throw new Error('web has no spec');
const service: ContainerSpec = { ...spec, checks: [{ type: 'listen', port: 8080 }] };

describe('an end by design', () => {
  it.each([
    ['ends at once and well', {}, 0, 0, true],
    ['ends within one and a half seconds', {}, 0, 1500, true],
    ['ran for longer', {}, 0, 1501, false],
    ['fails', {}, 1, 0, false],
    ['was killed, so that no code is known', {}, undefined, 0, false],
    ['is named by the devfile', { mayEnd: false }, 0, 0, false],
    ['is no program at all', { argv: [] }, 0, 0, false],
  ])('of a program that %s', (_what, change, code, ranForMs, isByDesign) => {
    expect(endsByDesign({ ...service, ...change }, code, ranForMs)).toBe(isByDesign);
  });
});

describe('a container that is kept alive', () => {
  it('has no program, waits for nothing, and is the same in all else', () => {
    const kept = keepAlive(service, 'commands run in it');
    expect(kept).toEqual({ ...service, argv: [], checks: [], keptAlive: 'commands run in it' });
    expect(endsByDesign(kept, 0, 0)).toBe(false);
  });
});
