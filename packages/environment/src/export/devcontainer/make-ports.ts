import { present } from '../../from-compose/to-environment/read-values.ts';
import { listContainerEndpoints } from '../../replicas.ts';
import type { Container, Endpoint, Environment } from '../../types.ts';
import type { Losses } from '../losses.ts';

const reactions = { public: 'notify', internal: 'silent', none: 'ignore' } as const;

/**
 * `forwardPorts` and `portsAttributes`. Ports of containers in the main one's network are numbers, those of others
 * `NAME:PORT`; endpoints that nobody is to reach are not forwarded.
 */
export function makePorts(environment: Environment, main: Container, losses: Losses): object {
  const forwarded = new Set<string | number>();
  const attributes = new Map<string, object>();
  for (const container of environment.containers) {
    const isNear = container.name === main.name || (!container.dedicated && !main.dedicated);
    for (const { endpoint } of listContainerEndpoints(container)) {
      const port = isNear ? endpoint.port : `${container.name}:${endpoint.port}`;
      reportEndpoint(container, endpoint, losses);
      if (endpoint.protocol === 'udp') continue;
      if (endpoint.exposure !== 'none') forwarded.add(port);
      attributes.set(String(port), describePort(endpoint));
    }
  }
  return {
    ...(forwarded.size === 0 ? {} : { forwardPorts: [...forwarded] }),
    ...(attributes.size === 0 ? {} : { portsAttributes: Object.fromEntries(attributes) }),
  };
}

function describePort({ name, exposure, protocol }: Endpoint): object {
  // A devfile says http of everything that it says nothing else of.
  const isWeb = protocol === 'https' || (protocol === 'http' && exposure === 'public');
  return present({
    label: name,
    protocol: isWeb ? protocol : undefined,
    onAutoForward: reactions[exposure],
  });
}

function reportEndpoint({ name, service }: Container, endpoint: Endpoint, losses: Losses): void {
  const at =
    service === undefined
      ? `containers.${name}.endpoints.${endpoint.name}`
      : `containers.${name}.service.ports.${endpoint.port}`;
  const { path, secure, protocol } = endpoint;
  if (protocol === 'udp') losses.drop(at, `Port ${endpoint.port} of ${name} is not forwarded: it speaks UDP.`);
  else if (protocol === 'ws' || protocol === 'wss') {
    losses.change(`${at}.protocol`, `Endpoint ${endpoint.name} is forwarded without its protocol ${protocol}.`, {
      severity: 'info',
    });
  }
  if (path !== undefined) losses.drop(`${at}.path`, `Endpoint ${endpoint.name} has no path.`, { severity: 'info' });
  if (secure) losses.drop(`${at}.secure`, `Nobody is asked to log in at endpoint ${endpoint.name}.`);
}
