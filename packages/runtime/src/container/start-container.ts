import { mkdirSync, rmSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { readImage } from '../state/image-records.ts';
import { writeJsonFile } from '../state/json-file.ts';
import { type MadeContainer, readMadeContainer } from '../state/made-container.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import { describeContainer, describeEndpoint } from './describe-container.ts';
import { EngineRefusal } from './engine/engine-client.ts';
import { type EngineContainer, ifThere, inspectContainer, isDoneAlready } from './engine-containers.ts';
import { resolveUser } from './find-user.ts';
import { addName, makeNetwork } from './hub/start-hub.ts';
import { containerName, hubName, labels, layerTag, networkName } from './labels.ts';
import { loadImage } from './load-image.ts';
import { keepLogs } from './logs.ts';
import { makeVolume } from './volumes/make-volume.ts';

export interface StartInput {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  /** The container's own changes to its files are thrown away. */
  readonly isNewLayer: boolean;
}

/** Starts a container, which is made first unless it was made ahead. Throws CONTAINER_FAILED, ENGINE_FAILED. */
export async function startContainer(
  context: ContainerContext,
  input: StartInput,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { settings, paths, created } = context;
  const { client } = await context.engine();
  const { spec, specHash } = input;
  const layerSince = created.get(spec.name) ?? (await createContainer(context, input, report, signal));
  created.delete(spec.name);
  const at = paths.container(spec.name);
  rmSync(at.health, { force: true });
  const imageDigest = readImage(settings.stateFolder, spec.imageName).digest;
  const made: MadeContainer = { spec, specHash, imageDigest, startedAt: Date.now(), layerSince };
  writeJsonFile(at.made, made, 0o640);
  const started = client.call('POST', `/containers/${containerName(context, spec.name)}/start`);
  await Promise.all([explain(spec.name, started), addName(context, spec)]);
}

/**
 * Makes a container that is started later. One that is there as it is to be stays; one of another description is made
 * anew, with its layer unless that is to go. Returns since when its own files are there: milliseconds since 1970. Throws
 * CONTAINER_FAILED, ENGINE_FAILED.
 */
export async function createContainer(
  context: ContainerContext,
  input: StartInput,
  report: StepReport,
  signal: AbortSignal,
): Promise<number> {
  const { settings, paths } = context;
  const { client } = await context.engine();
  const capabilities = await context.capabilities();
  const record = readImage(settings.stateFolder, input.spec.imageName);
  const spec = await resolveUser(context, input.spec);
  const name = containerName(context, spec.name);
  const at = paths.container(spec.name);
  const before = await inspectContainer(context, name);
  const isSame = before !== undefined && !input.isNewLayer && isMadeAs(before, input.specHash, record.digest);
  mkdirSync(at.root, { recursive: true, mode: 0o755 });
  if (!isSame) {
    const image = await chooseImage(
      context,
      spec,
      { before: input.isNewLayer ? undefined : before, isNewLayer: input.isNewLayer },
      report,
      signal,
    );
    await keepLogs(context, spec.name, before);
    if (before !== undefined) await removeContainer(context, name);
    const isNew = await makeVolumes(context, spec);
    await makeNetworks(context, spec);
    const described = { spec, specHash: input.specHash, imageDigest: record.digest, image };
    const body = describeContainer(context, described, capabilities);
    await explain(spec.name, client.call('POST', '/containers/create', { query: { name }, body }));
    if (isNew.length > 0) await giveVolumes(context, spec, isNew);
    for (const [index, { network }] of (spec.networks ?? []).entries()) {
      if (index === 0) continue;
      await client.call('POST', `/networks/${networkName(context, network)}/connect`, {
        body: { Container: name, EndpointConfig: describeEndpoint(spec, index) },
      });
    }
  }
  const layerSince = input.isNewLayer ? undefined : tolerate(() => readMadeContainer(at))?.layerSince;
  return layerSince ?? Date.now();
}

function isMadeAs({ Config }: EngineContainer, specHash: string, digest: string): boolean {
  return Config.Labels?.[labels.specHash] === specHash && Config.Labels[labels.image] === digest;
}

/** The image of the store, or what the container has made of it. */
async function chooseImage(
  context: ContainerContext,
  spec: ContainerSpec,
  { before, isNewLayer }: { readonly before: EngineContainer | undefined; readonly isNewLayer: boolean },
  report: StepReport,
  signal: AbortSignal,
): Promise<string> {
  const { client } = await context.engine();
  const tag = layerTag(context, spec.name);
  if (before !== undefined) await commitLayer(context, before.Id, tag);
  else if (isNewLayer || (await ifThere(client.call('GET', `/images/${tag}/json`))) === undefined)
    return loadImage(context, spec.imageName, report, signal);
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

/** Makes the volumes that are not there; returns those. */
async function makeVolumes(context: ContainerContext, spec: ContainerSpec): Promise<string[]> {
  const wanted = new Set(spec.mounts.flatMap((item) => (item.type === 'volume' ? [item.volume] : [])));
  const made: string[] = [];
  for (const volume of wanted) if (await makeVolume(context, volume)) made.push(volume);
  return made;
}

/** Gives new volumes to the container's user, before it first starts: an archive of their folders alone. */
async function giveVolumes(context: ContainerContext, spec: ContainerSpec, volumes: readonly string[]): Promise<void> {
  const { client } = await context.engine();
  const { writeHeader } = await import('../archive/tar-header.ts');
  const headers = spec.mounts.flatMap((item) =>
    item.type === 'volume' && volumes.includes(item.volume)
      ? [
          writeHeader({
            type: 'folder',
            path: `${item.path.replace(/^\/+|\/+$/g, '')}/`,
            link: '',
            mode: 0o755,
            ...spec.user,
            sizeBytes: 0,
            mtime: Math.floor(Date.now() / 1000),
            device: [0, 0],
            xattrs: new Map(),
          }),
        ]
      : [],
  );
  await client.call('PUT', `/containers/${containerName(context, spec.name)}/archive`, {
    query: { path: '/' },
    archive: Buffer.concat([...headers, Buffer.alloc(1024)]),
  });
}

/** Networks of a compose project. The hub is in all of them, so that ports and the index are reached in each. */
async function makeNetworks(context: ContainerContext, spec: ContainerSpec): Promise<void> {
  const { client } = await context.engine();
  for (const { network, subnet, isInternal } of spec.networks ?? []) {
    const name = networkName(context, network);
    if ((await ifThere(client.call('GET', `/networks/${name}`))) === undefined) {
      await makeNetwork(context, name, {
        ...(subnet === undefined ? {} : { subnet }),
        isInternal: isInternal === true,
      });
    }
    await client
      .call('POST', `/networks/${name}/connect`, {
        body: { Container: hubName(context), EndpointConfig: { Aliases: ['index.devstead.internal'] } },
      })
      .catch((error: unknown) => {
        // It is in it already: 403, or 500 with these words.
        if (!(error instanceof EngineRefusal) || !/already/.test(error.message)) throw error;
      });
  }
}

/** Asks a container's program to end by its signal, waits, and ends it by force when the grace is over. */
export async function stopContainer(context: ContainerContext, container: string, wantedMs?: number): Promise<void> {
  const { client } = await context.engine();
  const at = context.paths.container(container);
  const made = tolerate(() => readMadeContainer(at));
  const graceMs = wantedMs ?? made?.spec.stopGraceMs ?? 10_000;
  if (made !== undefined) writeJsonFile(at.made, { ...made, isEnding: true } satisfies MadeContainer, 0o640);
  await client
    .call('POST', `/containers/${containerName(context, container)}/stop`, {
      query: { t: Math.ceil(graceMs / 1000) },
      timeoutMs: graceMs + 30_000,
    })
    .catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
}

/** Sends a container's program a signal. One that ends it by force is no end of its own: it is not started again. */
export async function killContainer(context: ContainerContext, container: string, signal: string): Promise<void> {
  const { client } = await context.engine();
  const at = context.paths.container(container);
  const made = tolerate(() => readMadeContainer(at));
  const isLast = signal === 'SIGKILL' || signal === '9' || signal === 'KILL';
  if (isLast && made !== undefined) writeJsonFile(at.made, { ...made, isEnding: true } satisfies MadeContainer, 0o640);
  await client
    .call('POST', `/containers/${containerName(context, container)}/kill`, { query: { signal } })
    .catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
}

/** Removes a container with its anonymous volumes; one that is gone is gone. */
export async function removeContainer(context: ContainerContext, name: string): Promise<void> {
  const { client } = await context.engine();
  await ifThere(client.call('DELETE', `/containers/${name}`, { query: { force: true, v: true } }));
}

async function explain<T>(container: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status === 304) return undefined as T;
    throw new AppError('CONTAINER_FAILED', `${container} cannot be started: ${error.message}`, { cause: error });
  }
}
