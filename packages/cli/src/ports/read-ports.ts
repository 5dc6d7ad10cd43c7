import type { Endpoint, Environment } from '@devstead/environment';
import { type ContainerEndpoint, listContainerEndpoints } from '@devstead/environment/replicas';
import { type Runtime, readRecordedEnvironment, type Workspace } from '@devstead/runtime';
import { addressOf } from '../workspace-view.ts';

/** What `devstead ports --output json` prints. */
export interface PortList {
  readonly schemaVersion: 'ports/v1';
  readonly workspace: { readonly id: string; readonly name: string };
  readonly endpoints: readonly EndpointRow[];
}

interface EndpointRow {
  readonly name: string;
  readonly container: string;
  /** In the workspace. */
  readonly port: number;
  readonly exposure: Endpoint['exposure'];
  readonly protocol: Endpoint['protocol'];
  /** Where it is reached from this machine, when it is published. */
  readonly address?: string;
  /** Something accepts connections at the port now. Of UDP nobody can tell. */
  readonly isListening?: boolean;
}

/** Every endpoint of a workspace, and where it is reached. */
export async function readPorts(workspace: Workspace, runtime: Runtime): Promise<PortList> {
  const environment = readRecordedEnvironment(workspace);
  const published = (await runtime.observe()).publishedPorts;
  const { listeningPorts, dedicatedPorts } = await runtime.inspect([]);
  return {
    schemaVersion: 'ports/v1',
    workspace: { id: workspace.id, name: workspace.name },
    endpoints: listEndpoints(environment).map(({ container, endpoint }) => {
      const { name, port, exposure, protocol } = endpoint;
      const hostPort = published[name];
      return {
        name,
        container,
        port,
        exposure,
        protocol,
        ...(hostPort === undefined ? {} : { address: addressOf(endpoint, hostPort) }),
        ...(protocol === 'udp' ? {} : { isListening: (dedicatedPorts[container] ?? listeningPorts).has(port) }),
      };
    }),
  };
}

/** The endpoints of all containers. */
export function listEndpoints(environment: Environment | undefined): ContainerEndpoint[] {
  return (environment?.containers ?? []).flatMap(listContainerEndpoints);
}
