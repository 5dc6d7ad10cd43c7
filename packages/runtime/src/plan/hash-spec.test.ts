import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from './container-spec.ts';
import { hashSpec } from './hash-spec.ts';

const spec: ContainerSpec = {
  name: 'db',
  image: 'postgres:15',
  imageName: 'postgresql',
  argv: ['postgres'],
  mayEnd: true,
  env: [{ name: 'A', value: '1' }],
  user: { uid: 26, gid: 0 },
  workingDir: '/',
  commandDir: '/',
  mounts: [{ type: 'volume', volume: 'data', path: '/data' }],
  resources: { memoryLimitBytes: 2 ** 29 },
  stopSignal: 'SIGINT',
  stopGraceMs: 10_000,
  checks: [{ type: 'listen', port: 5432 }],
};

describe('the hash of a spec', () => {
  it('is the same from one version to the next: another would restart every container', () => {
    expect(hashSpec(spec)).toMatchInlineSnapshot(`"939cda32dcdc7de290f55e42ad69fedb8be272ee78a20b0455dda9e72c5974c5"`);
  });

  it('is the same after a way through a file', () => {
    expect(hashSpec(JSON.parse(JSON.stringify(spec)) as ContainerSpec)).toBe(hashSpec(spec));
  });

  it('is the same whatever it waits for: one more of those must not restart it', () => {
    const startsAfter = [{ container: 'db-2', condition: 'healthy', isRequired: true }] as const;
    expect(hashSpec({ ...spec, startsAfter })).toBe(hashSpec(spec));
  });

  const changes: Partial<ContainerSpec>[] = [
    { name: 'web' },
    { image: 'postgres:16' },
    { imageName: 'redis' },
    { argv: [] },
    { keptAlive: 'it would end' },
    { mayEnd: false },
    { env: [{ name: 'A', value: '2' }] },
    { user: { uid: 26, gid: 1 } },
    { workingDir: '/srv' },
    { commandDir: '/srv' },
    { mounts: [] },
    { resources: {} },
    { stopSignal: 'SIGTERM' },
    { stopGraceMs: 1 },
    { checks: [] },
  ];

  it.each(changes)('is another one with %j', (change) => {
    expect(hashSpec({ ...spec, ...change })).not.toBe(hashSpec(spec));
  });
});
