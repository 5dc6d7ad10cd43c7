import { describe, expect, it } from 'vitest';
import { listContainerEndpoints, listContainerNames } from './replicas.ts';
import type { Container, Service } from './types.ts';

function service(parts: Pick<Service, 'replicas'> & Partial<Service>): Container {
  const container = { name: 'web', image: 'web', env: [], mounts: [], endpoints: [], resources: {}, dedicated: true };
  return { ...container, service: { ports: [], ...parts } as unknown as Service };
}

describe('the containers of a service', () => {
  it('have numbers from the second on', () => {
    expect(listContainerNames(service({ replicas: 0 }))).toEqual([]);
    expect(listContainerNames(service({ replicas: 3 }))).toEqual(['web', 'web-2', 'web-3']);
    const { service: _, ...plain } = service({ replicas: 1 });
    expect(listContainerNames(plain)).toEqual(['web']);
  });

  it('have an endpoint for each port, under a name of its own', () => {
    const ports = [
      { target: 80, protocol: 'tcp' },
      { target: 80, protocol: 'tcp', published: '8080' },
      { target: 5432, protocol: 'tcp' },
      { target: 53, protocol: 'udp' },
    ] as const;
    const found = listContainerEndpoints(service({ replicas: 2, ports })).map(({ container, endpoint }) => [
      container,
      endpoint.name,
      endpoint.protocol,
    ]);
    expect(found).toEqual([
      ['web', 'web-80', 'http'],
      ['web-2', 'web-2-80', 'http'],
      ['web', 'web-80-2', 'http'],
      ['web-2', 'web-2-80-2', 'http'],
      ['web', 'web-5432', 'tcp'],
      ['web-2', 'web-2-5432', 'tcp'],
      ['web', 'web-53-udp', 'udp'],
      ['web-2', 'web-2-53-udp', 'udp'],
    ]);
  });
});
