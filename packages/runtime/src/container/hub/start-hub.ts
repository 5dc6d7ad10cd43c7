import { randomUUID } from 'node:crypto';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../../execute/execute-plan.ts';
import { indexHost } from '../../index-service/index-place.ts';
import type { ContainerSpec } from '../../plan/container-spec.ts';
import type { ContainerContext } from '../container-context.ts';
import { inspectContainer, isNameTaken } from '../engine-containers.ts';
import { hubName, labels, networkName } from '../labels.ts';
import { loadImage, withImage } from '../load-image.ts';
import { readContainersState, updateContainersState } from '../workspace-state.ts';
import { joinHub, listNetworks, makeNetwork, sharesNetwork } from './networks.ts';

/** The image whose perl the hub runs. */
const hubImage = 'base';

/** It does nothing but be there, and ends when it is asked to; what works in it comes by exec. */
export const idle = '$SIG{TERM} = sub { exit 0 }; $SIG{CHLD} = "IGNORE"; sleep 1000 while 1';

/**
 * Makes the workspace's networks and starts its hub: the container whose network the others share, and through which
 * everything of the machine reaches them. One that was stopped is started again: containers are tied to it. Where all
 * containers have networks of their own the hub starts beside them, and at an engine that makes containers without, so do
 * the networks.
 */
export async function startHub(
  context: ContainerContext,
  specs: readonly ContainerSpec[],
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  updateContainersState(context.paths, { run: randomUUID() });
  const networks = listNetworks(context, specs);
  const made = Promise.all(networks.map((network) => makeNetwork(context, network)));
  const names = networks.map(({ name }) => name);
  context.hub.plan(names, made, () => beginHub(context, specs, names, report, signal));
  if (names.includes(networkName(context))) return context.hub.need();
  const { startsSlowly } = await context.capabilities();
  // Containers are made meanwhile.
  if (!startsSlowly) return void (await made);
  const { client } = await context.engine();
  // Without it no start waits for another.
  await context.networkTurns.listen(client, names).catch(() => undefined);
}

async function beginHub(
  context: ContainerContext,
  specs: readonly ContainerSpec[],
  networks: readonly string[],
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  await context.hub.haveNetworks();
  const { client } = await context.engine();
  const name = hubName(context);
  const shared = specs.filter(sharesNetwork);
  const names = shared.map((spec) => spec.name);
  const aliases = Object.fromEntries(shared.flatMap((spec) => (spec.aliases ? [[spec.name, spec.aliases]] : [])));
  const [first = networkName(context), ...further] = networks;
  const isNew = await createHub(context, first, hubNames(context, names, aliases), report, signal);
  for (const network of isNew ? further : networks) await joinHub(context, network);
  await context.networkTurns.take(networks.length, () => client.call('POST', `/containers/${name}/start`));
  const hub = await inspectContainer(context, name);
  if (hub?.State.Running !== true) throw new AppError('CONTAINER_FAILED', 'the network of the workspace does not stay');
  updateContainersState(context.paths, {
    hubStartedAt: hub.State.StartedAt,
    ports: [],
    finishedEvents: [],
    networks,
    names,
    aliases,
  });
  // One that is new was made with its names.
  if (!isNew) await writeNames(context);
}

/** False when it was there. */
async function createHub(
  context: ContainerContext,
  network: string,
  names: readonly string[],
  report: StepReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { client } = await context.engine();
  const body = (image: string): object => ({
    Image: image,
    Hostname: context.hostname,
    User: '0:0',
    Entrypoint: ['perl', '-e', idle],
    Cmd: [],
    Healthcheck: { Test: ['NONE'] },
    Labels: { [labels.workspace]: context.prefix, [labels.role]: 'hub' },
    HostConfig: {
      NetworkMode: network,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ExtraHosts: names.map((one) => `${one}:127.0.0.1`),
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: {
      EndpointsConfig: { [network]: { Aliases: network === networkName(context) ? names : [indexHost] } },
    },
  });
  const create = (image: string): Promise<unknown> =>
    client.call('POST', '/containers/create', { query: { name: hubName(context) }, body: body(image) });
  try {
    await withImage(context, await findHubImage(context, report, signal), create, report, signal);
    return true;
  } catch (error) {
    if (isNameTaken(error)) return false;
    throw error;
  }
}

/** The image of the hub at the engine; it is built and loaded where it is missing. */
export async function loadHubImage(
  context: ContainerContext,
  report: StepReport,
  signal: AbortSignal,
): Promise<string> {
  return loadImage(context, await findHubImage(context, report, signal), report, signal);
}

/** The name in the store; what is not in it is built. */
async function findHubImage(context: ContainerContext, report: StepReport, signal: AbortSignal): Promise<string> {
  const { openStore } = await import('../../images/store.ts');
  if (openStore(context.settings.stateFolder).read(hubImage) === undefined) {
    const [{ buildStandIn }, { openIdMap }] = await Promise.all([
      import('../../images/build-stand-in.ts'),
      import('../../ids/state-id-map.ts'),
    ]);
    await buildStandIn(hubImage, context.settings, openIdMap(context.settings), report, signal);
  }
  return hubImage;
}

function hubNames({ hostname, settings }: ContainerContext, names: readonly string[], aliases: Aliases = {}): string[] {
  const index = settings.index?.relay === undefined ? [] : [indexHost];
  return [...new Set([hostname, ...names, ...Object.values(aliases).flat(), ...index])];
}

/** Further names, by container. */
type Aliases = Readonly<Record<string, readonly string[]>>;

/** Gives one more container a name in the shared network, where it has none yet. */
export async function addName(context: ContainerContext, spec: ContainerSpec): Promise<void> {
  const { names = [], aliases = {} } = readContainersState(context.paths) ?? {};
  const isShared = sharesNetwork(spec);
  const isSame = String(aliases[spec.name] ?? '') === String((isShared && spec.aliases) || '');
  if (names.includes(spec.name) === isShared && isSame) return;
  const { [spec.name]: _, ...others } = aliases;
  updateContainersState(context.paths, {
    names: isShared ? [...new Set([...names, spec.name])] : names.filter((name) => name !== spec.name),
    aliases: isShared && spec.aliases !== undefined ? { ...others, [spec.name]: spec.aliases } : others,
  });
  await writeNames(context);
}

export async function removeName(context: ContainerContext, name: string): Promise<void> {
  const { names = [], aliases = {} } = readContainersState(context.paths) ?? {};
  if (!names.includes(name)) return;
  const { [name]: _, ...others } = aliases;
  updateContainersState(context.paths, { names: names.filter((one) => one !== name), aliases: others });
  await writeNames(context);
}

/**
 * Writes hosts(5) of the shared network, in place: whoever shares the network sees the same file. Others find the names
 * by the hub's aliases, which are settled when it joins the network anew.
 */
async function writeNames(context: ContainerContext): Promise<void> {
  const { client } = await context.engine();
  const hub = hubName(context);
  const { names = [], aliases } = readContainersState(context.paths) ?? {};
  const all = hubNames(context, names, aliases);
  const script =
    'open my $f, "+<", "/etc/hosts" or exit 1; my @l = grep { !/# devstead$/ && !/^127\\.0\\.0\\.1\\s+(?!localhost)/ } <$f>; ' +
    'seek $f, 0, 0; truncate $f, 0; print $f @l, @ARGV ? "127.0.0.1 @ARGV # devstead\\n" : ()';
  const { Id: id } = await client.call<{ Id: string }>('POST', `/containers/${hub}/exec`, {
    body: { AttachStdout: true, AttachStderr: true, Cmd: ['perl', '-e', script, ...all] },
  });
  const stream = await client.hijack(`/exec/${id}/start`, { Detach: false, Tty: false });
  await new Promise<void>((resolve) => {
    stream.resume();
    for (const event of ['end', 'close', 'error'] as const) stream.once(event, () => resolve());
  });
}
