import type { ContainerContext } from '../container-context.ts';
import { labels, workspaceFilter } from '../labels.ts';

/** The volumes that the workspace has at the engine, by their names in it. */
export async function listVolumes(context: ContainerContext): Promise<string[]> {
  const { client } = await context.engine();
  const { Volumes } = await client.call<{ Volumes: readonly { Labels: Record<string, string> | null }[] | null }>(
    'GET',
    '/volumes',
    { query: workspaceFilter(context) },
  );
  return (Volumes ?? []).flatMap(({ Labels }) => Labels?.[labels.name] ?? []).toSorted();
}
