import { indexHost } from '../../index-service/index-place.ts';
import { type ContainerSpec, hasOwnNetwork } from '../../plan/container-spec.ts';
import type { ContainerContext } from '../container-context.ts';
import { EngineRefusal } from '../engine/engine-client.ts';
import { isNameTaken } from '../engine-containers.ts';
import { hubName, labels, networkName } from '../labels.ts';
import { readContainersState, updateContainersState } from '../workspace-state.ts';

/** A network of a workspace, as the engine is asked for it. */
export interface WorkspaceNetwork {
  /** Its name at the engine. */
  readonly name: string;
  readonly subnet?: string;
  readonly isInternal?: boolean;
}

/** True of a container that is in the hub's network. */
export function sharesNetwork(spec: ContainerSpec): boolean {
  return !hasOwnNetwork(spec) && spec.networkOf === undefined;
}

/** The networks that a container is a member of itself. */
function ownNetworks(context: ContainerContext, { dedicated, networks = [] }: ContainerSpec): WorkspaceNetwork[] {
  if (dedicated === true) return [{ name: networkName(context) }];
  return networks.map(({ network, subnet, isInternal }) => ({
    name: networkName(context, network),
    ...(subnet === undefined ? {} : { subnet }),
    ...(isInternal === true ? { isInternal } : {}),
  }));
}

/**
 * All networks that containers need, the hub's first. One that all meet in is there only for who shares it: where every
 * container has networks of its own, the hub is in these and no other.
 */
export function listNetworks(context: ContainerContext, specs: readonly ContainerSpec[]): WorkspaceNetwork[] {
  const own = new Map(specs.flatMap((spec) => ownNetworks(context, spec)).map((one) => [one.name, one]));
  const shared = networkName(context);
  if (own.size > 0 && !own.has(shared) && !specs.some(sharesNetwork)) return [...own.values()];
  own.delete(shared);
  return [{ name: shared }, ...own.values()];
}

/** Makes a network of the workspace, unless it is there. Docker would make two of one name, asked twice at a time. */
export function makeNetwork(context: ContainerContext, { name, subnet, isInternal }: WorkspaceNetwork): Promise<void> {
  return context.join(`network ${name}`, async () => {
    const { client } = await context.engine();
    const body = {
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: isInternal === true,
      Labels: { [labels.workspace]: context.prefix, [labels.name]: name },
      ...(subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: subnet }] } }),
    };
    await client.call('POST', '/networks/create', { body }).catch((error: unknown) => {
      if (!isNameTaken(error) && !/already (exists|used)/.test(error instanceof Error ? error.message : ''))
        throw error;
    });
  });
}

/** Makes the hub a member of a network, so that ports and the index are reached in it too. */
export async function joinHub(context: ContainerContext, network: string): Promise<void> {
  const { client } = await context.engine();
  const body = { Container: hubName(context), EndpointConfig: { Aliases: [indexHost] } };
  await client.call('POST', `/networks/${network}/connect`, { body }).catch((error: unknown) => {
    // It is in it already: 403, or 500 with these words.
    if (!(error instanceof EngineRefusal) || !/already/.test(error.message)) throw error;
  });
}

/** Sees to the networks of a container that came after the hub was started. */
export async function makeOwnNetworks(context: ContainerContext, spec: ContainerSpec): Promise<void> {
  for (const network of ownNetworks(context, spec)) {
    if (context.hub.willBeIn(network.name)) continue;
    await context.hub.need();
    const { networks = [] } = readContainersState(context.paths) ?? {};
    if (networks.includes(network.name)) continue;
    await makeNetwork(context, network);
    await joinHub(context, network.name);
    const { networks: joined = [] } = readContainersState(context.paths) ?? {};
    updateContainersState(context.paths, { networks: [...new Set([...joined, network.name])] });
  }
}
