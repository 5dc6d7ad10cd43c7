import type { Container, Service } from '@devstead/environment';
import { makeContainer } from './environment.fixture.ts';

/** A service that asks for nothing but what is given. */
function makeService(parts: Partial<Service> = {}): Service {
  return {
    replicas: 1,
    networks: [{ network: 'default', aliases: [] }],
    networkMode: 'networks',
    links: [],
    dependsOn: [],
    restart: { policy: 'no' },
    stop: { gracePeriodMs: 10_000 },
    groups: [],
    init: false,
    readOnly: false,
    capAdd: [],
    capDrop: [],
    securityOptions: [],
    binds: [],
    tmpfs: [],
    secrets: [],
    configs: [],
    ulimits: [],
    sysctls: [],
    extraHosts: [],
    dns: { servers: [], search: [], options: [] },
    labels: [],
    ports: [],
    expose: [],
    watch: [],
    profiles: [],
    trust: [],
    ...parts,
  };
}

export function makeServiceContainer(
  name: string,
  parts: Partial<Service> = {},
  change: Partial<Container> = {},
): Container {
  return makeContainer(name, { service: makeService(parts), ...change });
}
