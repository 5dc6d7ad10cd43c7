import type { Container, Endpoint, ServicePort } from './types.ts';

/** Ports whose programs do not speak HTTP; any other is shown as an address to open. */
const otherProtocols = new Set([
  21, 22, 23, 25, 53, 110, 143, 389, 636, 1433, 1521, 1883, 2181, 3306, 4222, 5432, 5672, 6379, 9092, 11_211, 27_017,
]);

/** The containers of one: itself; of a service as many as it asks for, from the second on with a number. */
export function listContainerNames({ name, service }: Container): string[] {
  return Array.from({ length: service?.replicas ?? 1 }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}

/** An endpoint and the container it belongs to. */
export interface ContainerEndpoint {
  readonly container: string;
  readonly endpoint: Endpoint;
  /** The port of a service as it is written. */
  readonly written?: ServicePort;
}

/** The endpoints of a container, and the ports that a service publishes as such. */
export function listContainerEndpoints(container: Container): ContainerEndpoint[] {
  const own = container.endpoints.map((endpoint) => ({ container: container.name, endpoint }));
  const names = listContainerNames(container);
  // Nothing here carries SCTP.
  const carried = (container.service?.ports ?? []).filter(({ protocol }) => protocol !== 'sctp');
  const ports = carried.flatMap((written) => names.map((name) => describePort(name, written)));
  // Written twice, for two addresses or ports of the machine: each is an endpoint of its own.
  const counts = new Map<string, number>();
  const distinct = ports.map((port) => {
    const { name } = port.endpoint;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? port : { ...port, endpoint: { ...port.endpoint, name: `${name}-${count}` } };
  });
  return [...own, ...distinct];
}

function describePort(container: string, written: ServicePort): ContainerEndpoint {
  const { target, protocol } = written;
  const name = `${container}-${target}${protocol === 'udp' ? '-udp' : ''}`;
  return {
    container,
    endpoint: { name, port: target, exposure: 'public', protocol: guessProtocol(target, protocol), secure: false },
    written,
  };
}

/** What a program that listens on a port is likely to speak. */
export function guessProtocol(port: number, protocol: ServicePort['protocol']): Endpoint['protocol'] {
  if (protocol === 'udp') return 'udp';
  return protocol === 'tcp' && !otherProtocols.has(port) ? 'http' : 'tcp';
}
