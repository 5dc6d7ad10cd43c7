import type { Environment } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import { addScale, keepScale, scaleServices } from './scale-services.ts';

const environment = {
  containers: [
    { name: 'web', service: { replicas: 1 } },
    { name: 'db', service: { replicas: 1 } },
  ],
} as unknown as Environment;

describe('the number of containers of a service', () => {
  it('is the last one asked for', () => {
    const scales = addScale('web=3', addScale('web=2', undefined));
    expect(scaleServices(environment, scales).containers.map(({ service }) => service?.replicas)).toEqual([3, 1]);
  });

  it.each(['web', 'web=', '=2', 'web=-1', 'web=x', 'web=101'])('is not read from %s', (word) => {
    expect(() => addScale(word, undefined)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('stays what it was for services that are not named', () => {
    const before = scaleServices(environment, [
      { service: 'web', count: 3 },
      { service: 'db', count: 2 },
    ]);
    const count = (from: Environment | undefined, but?: readonly string[]) =>
      keepScale(environment, from, but).containers.map(({ service }) => service?.replicas);
    expect(count(before)).toEqual([3, 2]);
    expect(count(before, ['web'])).toEqual([1, 2]);
    expect(count(undefined)).toEqual([1, 1]);
  });

  it('is of a service that is there', () => {
    expect(() => scaleServices(environment, [{ service: 'wep', count: 1 }])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_CONTAINER' }),
    );
  });
});
