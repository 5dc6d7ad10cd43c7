import { readHealth } from '../state/health-record.ts';
import { readJsonFile } from '../state/json-file.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { type RestartRecord } from '../state/restart-record.ts';
import { tolerate } from '../state/tolerate.ts';
import type { InspectedContainer, Inspection } from '../types.ts';
import type { ContainerContext } from './container-context.ts';
import { type EngineContainer, listContainers } from './engine-containers.ts';
import { runInContainer } from './exec/end-marked.ts';
import { openHubChannel } from './hub/hub-channel.ts';
import { containerName, hubName, volumeName } from './labels.ts';
import { listListeners } from './listeners-script.ts';
import { listVolumes } from './volumes/list-volumes.ts';

/** The engine measures all volumes it has; those of the workspace are taken. */
export async function measureVolumes(context: ContainerContext): Promise<Record<string, number>> {
  const { client } = await context.engine();
  const own = await listVolumes(context);
  if (own.length === 0) return {};
  const { Volumes } = await client.call<{
    Volumes: readonly { Name: string; UsageData?: { Size: number } | null }[] | null;
  }>('GET', '/system/df', { timeoutMs: 120_000 });
  const sizes = new Map((Volumes ?? []).map(({ Name, UsageData }) => [Name, UsageData?.Size]));
  return Object.fromEntries(own.map((volume) => [volume, sizes.get(volumeName(context, volume)) ?? 0]));
}

/** Looks into a workspace that may run: for each of the containers whether it is ready and what it uses. */
export async function inspectWorkspace(context: ContainerContext, containers: readonly string[]): Promise<Inspection> {
  const found = await listContainers(context);
  const isRunning = found.get('')?.State.Running === true;
  const listeningPorts = isRunning ? await listListening(context) : new Set<number>();
  const own = [...found].filter(([name, { State }]) => {
    const spec = tolerate(() => readMadeContainer(context.paths.container(name)))?.spec;
    return name !== '' && State.Running && (spec?.dedicated === true || spec?.networks !== undefined);
  });
  const dedicatedPorts = Object.fromEntries(
    await Promise.all(own.map(async ([name]) => [name, await listOwnListening(context, name)] as const)),
  );
  const rows = containers.map(async (name) => {
    const one = await inspectOne(context, name, found.get(name), dedicatedPorts[name] ?? listeningPorts);
    const address = dedicatedPorts[name] === undefined ? undefined : addressOf(found.get(name));
    return [name, address === undefined ? one : { ...one, address }] as const;
  });
  return { listeningPorts, dedicatedPorts, containers: Object.fromEntries(await Promise.all(rows)) };
}

function addressOf(container: EngineContainer | undefined): string | undefined {
  return Object.values(container?.NetworkSettings.Networks ?? {}).find(({ IPAddress }) => IPAddress !== '')?.IPAddress;
}

async function listListening(context: ContainerContext): Promise<ReadonlySet<number>> {
  const { client } = await context.engine();
  const channel = await openHubChannel(client, hubName(context));
  try {
    return await channel.listListening();
  } finally {
    channel.close();
  }
}

/** Ports of a network that only the container itself sees (proc(5), /proc/net/tcp). */
async function listOwnListening(context: ContainerContext, name: string): Promise<ReadonlySet<number>> {
  const { client } = await context.engine();
  const words = ['sh', '-c', listListeners];
  const { stdout } = await runInContainer(client, containerName(context, name), words).catch(() => ({ stdout: '' }));
  return new Set(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => Number.parseInt(line.slice(line.lastIndexOf(':') + 1), 16)),
  );
}

async function inspectOne(
  context: ContainerContext,
  name: string,
  container: EngineContainer | undefined,
  listeningPorts: ReadonlySet<number>,
): Promise<InspectedContainer> {
  const at = context.paths.container(name);
  const made = tolerate(() => readMadeContainer(at));
  const lastExitCode = tolerate(() => readJsonFile<RestartRecord>(at.restarts))?.lastExitCode;
  const common = lastExitCode === undefined ? {} : { lastExitCode };
  if (container?.State.Running !== true || made === undefined) return { ...common, isReady: false };
  const { client } = await context.engine();
  const [stats, isReady] = await Promise.all([
    client
      .call<{ memory_stats?: { usage?: number } }>('GET', `/containers/${container.Id}/stats`, {
        query: { stream: false, 'one-shot': true },
      })
      .catch(() => undefined),
    passesChecks(),
  ]);
  const memoryBytes = stats?.memory_stats?.usage;
  return {
    ...common,
    isReady,
    ...(memoryBytes === undefined || memoryBytes === 0 ? {} : { memoryBytes }),
    ...(made.spec.keptAlive === undefined ? {} : { keptAlive: made.spec.keptAlive }),
  };

  async function passesChecks(): Promise<boolean> {
    if (made?.spec.health !== undefined) return readHealth(at)?.status === 'healthy';
    for (const check of made?.spec.checks ?? []) {
      const passes =
        check.type === 'listen'
          ? listeningPorts.has(check.port)
          : (await runInContainer(client, container?.Id ?? '', check.argv)).exitCode === 0;
      if (!passes) return false;
    }
    return true;
  }
}
