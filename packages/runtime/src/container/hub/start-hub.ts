import { AppError } from '@devstead/kit';
import type { StepReport } from '../../execute/execute-plan.ts';
import { indexHost } from '../../index-service/index-place.ts';
import { type ContainerSpec, hasOwnNetwork } from '../../plan/container-spec.ts';
import type { ContainerContext } from '../container-context.ts';
import { inspectContainer, isNameTaken } from '../engine-containers.ts';
import { hubName, labels, networkName } from '../labels.ts';
import { loadImage } from '../load-image.ts';
import { readContainersState, updateContainersState } from '../workspace-state.ts';

/** The image whose perl the hub runs. */
const hubImage = 'base';

/** It does nothing but be there, and ends when it is asked to; what works in it comes by exec. */
export const idle = '$SIG{TERM} = sub { exit 0 }; $SIG{CHLD} = "IGNORE"; sleep 1000 while 1';

/** True of a container that is in the hub's network. */
function sharesNetwork(spec: ContainerSpec): boolean {
  return !hasOwnNetwork(spec) && spec.networkOf === undefined;
}

/**
 * Starts the workspace's hub: the container whose network the others share, and through which everything of the machine
 * reaches them. One that was stopped is started again: containers are tied to it.
 */
export async function startHub(
  context: ContainerContext,
  specs: readonly ContainerSpec[],
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { client } = await context.engine();
  const name = hubName(context);
  await makeNetwork(context, networkName(context));
  const shared = specs.filter(sharesNetwork);
  const names = shared.map((spec) => spec.name);
  const aliases = Object.fromEntries(shared.flatMap((spec) => (spec.aliases ? [[spec.name, spec.aliases]] : [])));
  const all = hubNames(context, names, aliases);
  if ((await inspectContainer(context, name)) === undefined) {
    const image = await loadHubImage(context, report, signal);
    const body = {
      Image: image,
      Hostname: context.hostname,
      User: '0:0',
      Entrypoint: ['perl', '-e', idle],
      Cmd: [],
      Healthcheck: { Test: ['NONE'] },
      Labels: { [labels.workspace]: context.prefix, [labels.role]: 'hub' },
      HostConfig: {
        NetworkMode: networkName(context),
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        ExtraHosts: all.map((one) => `${one}:127.0.0.1`),
        RestartPolicy: { Name: 'no' },
      },
      NetworkingConfig: {
        EndpointsConfig: { [networkName(context)]: { Aliases: all } },
      },
    };
    await client.call('POST', '/containers/create', { query: { name }, body }).catch((error: unknown) => {
      if (!isNameTaken(error)) throw error;
    });
  }
  await client.call('POST', `/containers/${name}/start`);
  const hub = await inspectContainer(context, name);
  if (hub?.State.Running !== true) throw new AppError('CONTAINER_FAILED', 'the network of the workspace does not stay');
  updateContainersState(context.paths, {
    hubStartedAt: hub.State.StartedAt,
    ports: [],
    finishedEvents: [],
    names,
    aliases,
  });
  await writeNames(context);
}

/** The image of the hub at the engine; it is built and loaded where it is missing. */
export async function loadHubImage(
  context: ContainerContext,
  report: StepReport,
  signal: AbortSignal,
): Promise<string> {
  const [{ openStore }, { openIdMap }] = await Promise.all([
    import('../../images/store.ts'),
    import('../../ids/state-id-map.ts'),
  ]);
  if (openStore(context.settings.stateFolder).read(hubImage) === undefined) {
    const { buildStandIn } = await import('../../images/build-stand-in.ts');
    await buildStandIn(hubImage, context.settings, openIdMap(context.settings), report, signal);
  }
  return loadImage(context, hubImage, report, signal);
}

function hubNames({ hostname, settings }: ContainerContext, names: readonly string[], aliases: Aliases = {}): string[] {
  const index = settings.index?.relay === undefined ? [] : [indexHost];
  return [...new Set([hostname, ...names, ...Object.values(aliases).flat(), ...index])];
}

/** Further names, by container. */
type Aliases = Readonly<Record<string, readonly string[]>>;

/** Makes a network of the workspace, unless it is there. */
export async function makeNetwork(
  context: ContainerContext,
  name: string,
  { subnet, isInternal = false }: { readonly subnet?: string; readonly isInternal?: boolean } = {},
): Promise<void> {
  const { client } = await context.engine();
  const body = {
    Name: name,
    CheckDuplicate: true,
    Driver: 'bridge',
    Internal: isInternal,
    Labels: { [labels.workspace]: context.prefix, [labels.name]: name },
    ...(subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: subnet }] } }),
  };
  await client.call('POST', '/networks/create', { body }).catch((error: unknown) => {
    if (!isNameTaken(error) && !/already (exists|used)/.test(error instanceof Error ? error.message : '')) throw error;
  });
}

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
