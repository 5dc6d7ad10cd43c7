import { mkdirSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { readImage } from '../state/image-records.ts';
import { readMadeContainer } from '../state/made-container.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import { describeContainer, describeEndpoint } from './describe-container.ts';
import { EngineRefusal } from './engine/engine-client.ts';
import {
  type EngineContainer,
  hasRun,
  ifThere,
  inspectContainer,
  isPrepared,
  removeContainer,
} from './engine-containers.ts';
import { resolveUser } from './find-user.ts';
import { isMarkedHeld } from './hold/gate.ts';
import { holdCommand } from './hold/hold-program.ts';
import { endHeld, isToBeHeld, writeHoldProgram } from './hold/start-held.ts';
import { makeOwnNetworks } from './hub/networks.ts';
import { containerName, labels, layerTag, networkName } from './labels.ts';
import { withImage } from './load-image.ts';
import { keepLogs } from './logs.ts';
import { giveVolumes, makeVolumes } from './volumes/give-volumes.ts';

export interface CreateInput {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  /** The container's own changes to its files are thrown away. */
  readonly isNewLayer: boolean;
}

/** A container that is there and can be started. */
export interface CreatedContainer {
  readonly imageDigest: string;
  /** Since when its own files are there: milliseconds since 1970. */
  readonly layerSince: number;
  /** It begins with the program that lets it be started ahead. */
  readonly canBeHeld: boolean;
}

/**
 * Makes a container with its volumes and networks, ready to be started. One that is there as it is to be is left; one of
 * another description is made anew, with its layer unless that is to go. Throws CONTAINER_FAILED, ENGINE_FAILED.
 */
export async function createContainer(
  context: ContainerContext,
  input: CreateInput,
  report: StepReport,
  signal: AbortSignal,
): Promise<CreatedContainer> {
  const { client } = await context.engine();
  const { digest: imageDigest, layers } = readImage(context.settings.stateFolder, input.spec.imageName);
  const spec = await resolveUser(context, input.spec);
  const name = containerName(context, spec.name);
  const before = await inspectContainer(context, name);
  const capabilities = await context.capabilities();
  const at = context.paths.container(spec.name);
  // The process that held it has just ended.
  if (before?.State.Running === true && isMarkedHeld(at.hold)) await endHeld(context, spec.name);
  mkdirSync(at.root, { recursive: true, mode: 0o755 });
  let canBeHeld = before?.Config.Entrypoint?.[0] === holdCommand;
  const isKept =
    before !== undefined && isUsable(before, input, imageDigest) && (await isInNetworkOf(context, spec, before));
  if (!isKept) {
    canBeHeld = isToBeHeld(spec, capabilities) && writeHoldProgram(at.hold);
    const [layer] = await Promise.all([
      findLayer(context, spec.name, input.isNewLayer, before),
      keepLogs(context, spec.name, before),
      makeVolumes(context, spec, layers),
      makeOwnNetworks(context, spec),
    ]);
    if (before !== undefined) await removeContainer(context, name);
    const create = (image: string): Promise<unknown> => {
      const described = { spec, specHash: input.specHash, imageDigest, image, canBeHeld };
      const body = describeContainer(context, described, capabilities);
      return client.call('POST', '/containers/create', { query: { name }, body });
    };
    const created = layer === undefined ? withImage(context, spec.imageName, create, report, signal) : create(layer);
    await explainRefusal(spec.name, created);
    for (const [index, { network }] of (spec.networks ?? []).entries()) {
      if (index === 0) continue;
      await context.hub.haveNetworks();
      await client.call('POST', `/networks/${networkName(context, network)}/connect`, {
        body: { Container: name, EndpointConfig: describeEndpoint(spec, index) },
      });
    }
  }
  await giveVolumes(context, spec);
  const layerSince = input.isNewLayer ? undefined : tolerate(() => readMadeContainer(at))?.layerSince;
  return { imageDigest, layerSince: layerSince ?? Date.now(), canBeHeld };
}

/** One that was made ahead and never started is as good as new; one that somebody prepared has mounts of that time. */
function isUsable(container: EngineContainer, { specHash, isNewLayer }: CreateInput, digest: string): boolean {
  const own = container.Config.Labels ?? {};
  const isMadeAs = own[labels.specHash] === specHash && own[labels.image] === digest;
  return isMadeAs && !isPrepared(container) && (!isNewLayer || !hasRun(container));
}

/** An engine ties a container to the very one whose network it shares: that may have been made anew since. */
async function isInNetworkOf(
  context: ContainerContext,
  { networkOf }: ContainerSpec,
  { HostConfig }: EngineContainer,
): Promise<boolean> {
  if (networkOf === undefined) return true;
  const name = containerName(context, networkOf);
  const owner = await inspectContainer(context, name);
  const mode = HostConfig?.NetworkMode;
  return owner !== undefined && (mode === `container:${owner.Id}` || mode === `container:${name}`);
}

/** The image of what a container has made of its files, where that is to be kept and is not its image's alone. */
async function findLayer(
  context: ContainerContext,
  name: string,
  isNewLayer: boolean,
  before: EngineContainer | undefined,
): Promise<string | undefined> {
  if (isNewLayer) return undefined;
  const { client } = await context.engine();
  const tag = layerTag(context, name);
  if (before !== undefined) await commitLayer(context, before.Id, tag);
  else if ((await ifThere(client.call('GET', `/images/${tag}/json`))) === undefined) return undefined;
  return tag;
}

/** Keeps what a container changed in its files as an image of its own, for when it is made anew. */
export async function commitLayer(context: ContainerContext, id: string, tag?: string): Promise<void> {
  const { client } = await context.engine();
  const container = tag === undefined ? await inspectContainer(context, id) : undefined;
  const name = container?.Config.Labels?.[labels.name];
  const wanted = tag ?? (name === undefined ? undefined : layerTag(context, name));
  if (wanted === undefined) return;
  const [repo, version] = splitTag(wanted);
  const query = { container: id, repo, tag: version, pause: false };
  await client.call('POST', '/commit', { query, body: {}, timeoutMs: 120_000 });
}

function splitTag(tag: string): [string, string] {
  const at = tag.lastIndexOf(':');
  return [tag.slice(0, at), tag.slice(at + 1)];
}

/** Says of which container the engine refused something. */
export async function explainRefusal(container: string, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status !== 304)
      throw new AppError('CONTAINER_FAILED', `${container} cannot be started: ${error.message}`, { cause: error });
  }
}
