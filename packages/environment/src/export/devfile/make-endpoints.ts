import type { Endpoint as DevfileEndpoint } from '@devstead/devfile';
import { listContainerEndpoints } from '../../replicas.ts';
import type { Container, Endpoint, Service } from '../../types.ts';
import type { ContainerScope } from './make-container.ts';
import { listExposed } from './port-owners.ts';

interface MadeEndpoints {
  readonly endpoints: readonly DevfileEndpoint[];
  /** Another container has one of its ports, so it cannot share the network. */
  readonly isApart: boolean;
}

/** The endpoints of a container; those of a service are what it publishes and what it exposes to others. */
export function makeEndpoints(container: Container, scope: ContainerScope): MadeEndpoints {
  if (container.service === undefined) {
    const endpoints = container.endpoints.map((endpoint) => toDevfile(endpoint, scope.naming.endpoint(endpoint.name)));
    return { endpoints, isApart: false };
  }
  return makeServiceEndpoints(container, container.service, scope);
}

function makeServiceEndpoints(container: Container, service: Service, scope: ContainerScope): MadeEndpoints {
  const { name } = container;
  const { losses, naming, owners } = scope;
  const made = new Map<number, DevfileEndpoint>();
  let isApart = false;
  for (const { endpoint, written } of listContainerEndpoints({ ...container, service: { ...service, replicas: 1 } })) {
    const { port } = endpoint;
    const at = `containers.${name}.service.ports.${written?.name ?? port}`;
    const owner = owners.get(port);
    if (written?.protocol === 'sctp') {
      losses.drop(at, `Port ${port} of ${name} speaks SCTP, which no endpoint does.`);
    } else if (owner !== name) {
      isApart = true;
      losses.drop(
        at,
        `Port ${port} of ${name} is no endpoint: ${owner} has that port, and endpoints have each port once.`,
        {
          hint: `${name} has \`dedicatedPod\`, so that both can run; let it listen on another port to reach it from outside.`,
        },
      );
    } else if (!made.has(port)) {
      made.set(port, toDevfile(endpoint, naming.endpoint(written?.name ?? `${name}-${port}`)));
    }
    if (written?.published !== undefined || written?.hostIp !== undefined) {
      const place = [written.hostIp, written.published].filter((part) => part !== undefined).join(':');
      losses.drop(
        `${at}.published`,
        `Where port ${port} of ${name} is published (${place}) is chosen by the tool that runs the devfile.`,
        {
          severity: 'info',
        },
      );
    }
  }
  for (const { port, protocol } of listExposed(service)) {
    if (made.has(port)) continue;
    if (owners.get(port) !== name) {
      isApart = true;
      losses.drop(
        `containers.${name}.service.expose`,
        `Port ${port} of ${name} is no endpoint: ${owners.get(port)} has it.`,
      );
      continue;
    }
    const endpoint: Endpoint = { name: '', port, exposure: 'internal', protocol, secure: false };
    made.set(port, toDevfile(endpoint, naming.endpoint(`${name}-${port}`)));
  }
  return { endpoints: [...made.values()], isApart };
}

function toDevfile({ port, exposure, protocol, secure, path }: Endpoint, name: string): DevfileEndpoint {
  return {
    name,
    targetPort: port,
    ...(exposure === 'public' ? {} : { exposure }),
    ...(protocol === 'http' ? {} : { protocol }),
    ...(secure ? { secure } : {}),
    ...(path === undefined ? {} : { path }),
  };
}
