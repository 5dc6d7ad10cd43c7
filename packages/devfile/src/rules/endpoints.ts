import { isDedicatedPod } from '../defaults.ts';
import { findRepeated, type Problem, type Rule, weighDeparture } from '../problem.ts';
import type { Component, DocumentPath, Endpoint, Profile } from '../types.ts';

interface PlacedEndpoint {
  readonly component: Component;
  readonly endpoint: Endpoint;
  readonly path: DocumentPath;
}

/** Endpoint names, unique in the devfile; ports, unique between the containers that share a network. */
export const checkEndpoints: Rule = ({ components = [] }, profile) => {
  const endpoints = components.flatMap(listEndpoints);
  return [...checkNames(endpoints), ...checkPorts(endpoints, profile), ...checkRanges(endpoints)];
};

function listEndpoints(component: Component, index: number): PlacedEndpoint[] {
  return (['container', 'kubernetes', 'openshift'] as const).flatMap((kind) =>
    (component[kind]?.endpoints ?? []).map((endpoint, endpointIndex) => ({
      component,
      endpoint,
      path: ['components', index, kind, 'endpoints', endpointIndex],
    })),
  );
}

function checkNames(endpoints: readonly PlacedEndpoint[]): Problem[] {
  return findRepeated(endpoints, ({ endpoint }) => endpoint.name).map(({ index, first, key }) => ({
    code: 'devfile.duplicate-endpoint',
    severity: 'error',
    path: [...(endpoints[index]?.path ?? []), 'name'],
    message: `component ${endpoints[first]?.component.name} already has an endpoint ${key}`,
  }));
}

/** Containers that have a port: the first of all, and the first of those that share a network. */
interface PortOwners {
  readonly first: Component;
  shared: Component | undefined;
  /** The last one seen; the endpoints of one container lie together. */
  last: Component;
}

/** The reference does not exempt containers with a pod of their own; `compat` does, with a warning. */
function checkPorts(endpoints: readonly PlacedEndpoint[], profile: Profile): Problem[] {
  const ownersOf = new Map<number, PortOwners>();
  return endpoints.flatMap(({ component, endpoint, path }): Problem[] => {
    if (component.container === undefined) return [];
    const owners = ownersOf.get(endpoint.targetPort);
    const shared = hasOwnNetwork(component) ? undefined : component;
    if (owners === undefined) {
      ownersOf.set(endpoint.targetPort, { first: component, shared, last: component });
      return [];
    }
    if (owners.last === component) return [];
    // One that it truly collides with says more than one that lives apart.
    const owner = (shared && owners.shared) ?? owners.first;
    owners.last = component;
    owners.shared ??= shared;
    const isApart = [owner, component].some(hasOwnNetwork);
    return [
      {
        code: 'devfile.duplicate-port',
        ...(isApart ? weighDeparture(profile) : { severity: 'error' }),
        path: [...path, 'targetPort'],
        message: isApart
          ? `container ${owner.name} also has port ${endpoint.targetPort}; other tools refuse this even with dedicatedPod`
          : `container ${owner.name} already has port ${endpoint.targetPort}, and containers share one network`,
      },
    ];
  });
}

function hasOwnNetwork({ container }: Component): boolean {
  return container !== undefined && isDedicatedPod(container);
}

function checkRanges(endpoints: readonly PlacedEndpoint[]): Problem[] {
  return endpoints.flatMap(({ endpoint, path }): Problem[] =>
    endpoint.targetPort >= 1 && endpoint.targetPort <= 65535
      ? []
      : [
          {
            code: 'devfile.port-range',
            severity: 'warning',
            path: [...path, 'targetPort'],
            message: `port ${endpoint.targetPort} of endpoint ${endpoint.name} is not between 1 and 65535`,
          },
        ],
  );
}
