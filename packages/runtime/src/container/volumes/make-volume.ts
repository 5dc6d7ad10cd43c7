import type { ContainerContext } from '../container-context.ts';
import { ifThere } from '../engine-containers.ts';
import { labels, volumeName } from '../labels.ts';

/** Makes a volume of the workspace at the engine, unless it is there; `onMissing` is called before it is made. */
export function makeVolume(
  context: ContainerContext,
  volume: string,
  onMissing: () => void = () => undefined,
): Promise<void> {
  return context.join(`volume ${volume}`, async () => {
    const { client } = await context.engine();
    const name = volumeName(context, volume);
    if ((await ifThere(client.call('GET', `/volumes/${name}`))) !== undefined) return;
    onMissing();
    const own = { [labels.workspace]: context.prefix, [labels.name]: volume };
    await client.call('POST', '/volumes/create', { body: { Name: name, Labels: own } });
  });
}
