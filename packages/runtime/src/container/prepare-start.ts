import type { ContainerContext } from './container-context.ts';
import { containerName } from './labels.ts';

/**
 * Has everything of a container's start done but the begin of its program, at an engine that knows such a state: its
 * network, its mounts, its first process, which waits. What is refused here is refused at the start again, which says why.
 */
export async function prepareStart(context: ContainerContext, container: string): Promise<undefined> {
  const { client } = await context.engine();
  await context.held.settleWanted();
  await client.call('POST', `/libpod/containers/${containerName(context, container)}/init`);
}
