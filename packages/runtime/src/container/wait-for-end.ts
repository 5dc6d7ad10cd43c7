import type { ContainerContext } from './container-context.ts';
import { containerName } from './labels.ts';

/** The code a container ends with, whenever that is; at once where it does not run. */
export async function waitForEnd(context: ContainerContext, name: string, signal: AbortSignal): Promise<number> {
  const [{ client }, { waitsBusily }] = await Promise.all([context.engine(), context.capabilities()]);
  const path = `/containers/${containerName(context, name)}/wait`;
  const always = { timeoutMs: 2 ** 31 - 1, signal };
  if (waitsBusily) return client.call<number>('POST', `/libpod${path}`, { query: { condition: 'exited' }, ...always });
  const query = { condition: 'not-running' };
  return (await client.call<{ StatusCode: number }>('POST', path, { query, ...always })).StatusCode;
}
