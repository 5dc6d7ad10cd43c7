import { guessProtocol, listContainerEndpoints } from '../../replicas.ts';
import type { Endpoint, Environment, Service } from '../../types.ts';

/**
 * For every port the container that has it in the network that containers of a devfile share: the first of them. Ports
 * that nobody declares are not known.
 */
export function findPortOwners({ containers }: Environment): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const container of containers) {
    const ports = listContainerEndpoints(container).map(({ endpoint }) => endpoint.port);
    const exposed = container.service === undefined ? [] : listExposed(container.service).map(({ port }) => port);
    for (const port of [...ports, ...exposed]) if (!owners.has(port)) owners.set(port, container.name);
  }
  return owners;
}

const mostExposed = 100;

/** `expose`: `3000`, `3000-3005`, each with a protocol or not. */
export function listExposed({ expose }: Service): { port: number; protocol: Endpoint['protocol'] }[] {
  return expose.flatMap((text) => {
    const [, from = '', to = from, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
    const count = Math.min(Number(to) - Number(from) + 1, mostExposed);
    if (from === '' || count < 1 || (protocol !== 'tcp' && protocol !== 'udp')) return [];
    return Array.from({ length: count }, (_, index) => {
      const port = Number(from) + index;
      return { port, protocol: guessProtocol(port, protocol) };
    });
  });
}
