import type { Container, Endpoint, Environment } from '@devstead/environment';
import { listContainerEndpoints, listContainerNames } from '@devstead/environment/replicas';
import type { Observed } from '@devstead/runtime';

/** `partly`: some of the containers run. */
export type WorkspaceState = 'running' | 'partly' | 'stopped';

/**
 * How much of a workspace runs. Without its environment, the containers found are all there are. What only a command
 * starts is not missed.
 */
export function describeState(environment: Environment | undefined, observed: Observed): WorkspaceState {
  const own = environment?.containers.filter(({ appliedBy }) => appliedBy === undefined).flatMap(listContainerNames);
  const names = own ?? Object.keys(observed.containers);
  if (names.length === 0 && environment !== undefined) return observed.isSandboxRunning ? 'running' : 'stopped';
  const found = names.map((name) => observed.containers[name]);
  if (!found.some((container) => container?.state === 'running')) return 'stopped';
  return found.every((container) => container?.state === 'running' || isDone(container)) ? 'running' : 'partly';
}

/** True of a service that has done what it is there for. */
function isDone(container: Observed['containers'][string] | undefined): boolean {
  const policy = container?.spec?.restart?.policy;
  return container?.state === 'exited' && container.exitCode === 0 && (policy === 'no' || policy === 'on-failure');
}

/** Where an endpoint is reached from this machine. */
export interface Address {
  readonly endpoint: string;
  readonly container: string;
  readonly url: string;
  readonly exposure: Endpoint['exposure'];
}

/** The environment without the containers that wait for a command to start them. */
export function withoutWaiting<Some extends Environment | undefined>(environment: Some, observed: Observed): Some {
  if (environment === undefined) return environment;
  const isThere = ({ name, appliedBy }: Container): boolean =>
    appliedBy === undefined || observed.containers[name]?.state === 'running';
  return { ...environment, containers: environment.containers.filter(isThere) };
}

/** The addresses of all endpoints that are published now. */
export function listAddresses(environment: Environment | undefined, published: Observed['publishedPorts']): Address[] {
  return (environment?.containers ?? []).flatMap(listContainerEndpoints).flatMap(({ container, endpoint }) => {
    const hostPort = published[endpoint.name];
    if (hostPort === undefined) return [];
    return [{ endpoint: endpoint.name, container, url: addressOf(endpoint, hostPort), exposure: endpoint.exposure }];
  });
}

/**
 * The address of an endpoint that is published at a port of this machine. Whatever its path is, the address leads
 * there: a path without a slash would become part of the host's name (`@evil.example`).
 */
export function addressOf(endpoint: { readonly protocol: string; readonly path?: string }, hostPort: number): string {
  const { protocol, path = '' } = endpoint;
  return `${protocol}://127.0.0.1:${hostPort}${path === '' || path.startsWith('/') ? path : `/${path}`}`;
}
