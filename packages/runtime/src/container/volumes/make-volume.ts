import type { ContainerContext } from '../container-context.ts';
import { ifThere } from '../engine-containers.ts';
import { labels, volumeName } from '../labels.ts';

/** Makes a volume of the workspace at the engine; false when it is there already. */
export async function makeVolume(context: ContainerContext, volume: string): Promise<boolean> {
  const { client } = await context.engine();
  const name = volumeName(context, volume);
  if ((await ifThere(client.call('GET', `/volumes/${name}`))) !== undefined) return false;
  const own = { [labels.workspace]: context.prefix, [labels.name]: volume };
  await client.call('POST', '/volumes/create', { body: { Name: name, Labels: own } });
  return true;
}
