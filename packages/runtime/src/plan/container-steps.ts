import { type ContainerSpec, hasOwnNetwork } from './container-spec.ts';
import { hashSpec } from './hash-spec.ts';
import { isJob } from './start-order.ts';
import type { StepList } from './step-list.ts';
import type { Observed, ObservedContainer } from './types.ts';

/** What planning a single container needs to know. */
export interface ContainerInput {
  readonly observed: Observed;
  /** Images that must be built anew because their recipe changed. */
  readonly staleImages: readonly string[];
  /** References of the images that no recipe makes and that are not in the store, by the name they will have there. */
  readonly pulls: Readonly<Record<string, string>>;
  readonly readyTimeoutMs: number;
  /** Containers that are made anew although nothing about them changed. */
  readonly recreates?: readonly string[];
  /** Containers that are there are left as they were made. */
  readonly keepsMade?: boolean;
}

/** Builds or pulls an image unless it is there. */
export function addImage(plan: StepList, { observed, staleImages, pulls }: ContainerInput, image: string): void {
  const after = plan.known(['remains.remove']);
  const isThere = observed.images[image] !== undefined;
  const reference = pulls[image];
  const isPlanned = plan.known([`image.build ${image}`, `image.pull ${image}`]).length > 0;
  if (isPlanned || plan.known([`image.load ${image}`]).length > 0) return;
  if (reference !== undefined) {
    const cause = 'it is not in the local store, and no recipe stands for it';
    plan.add({ id: `image.pull ${image}`, kind: 'image.pull', image, reference, cause, after });
  } else if (!isThere || staleImages.includes(image)) {
    const cause = isThere ? 'its recipe changed' : 'it is not in the local store';
    plan.add({ id: `image.build ${image}`, kind: 'image.build', image, cause, after });
  }
  addLoad(plan, observed, image);
}

/** Gives the engine an image that it does not have, where there is an engine. */
function addLoad(plan: StepList, { loadedImages, images }: Observed, image: string): void {
  if (loadedImages === undefined) return;
  const made = plan.known([`image.build ${image}`, `image.pull ${image}`]);
  const digest = images[image];
  if (made.length === 0 && digest !== undefined && loadedImages.includes(digest)) return;
  const cause = 'the engine does not have it';
  plan.add({ id: `image.load ${image}`, kind: 'image.load', image, cause, after: made });
}

const isWanted = 'it is to be made anew';
const wasEnding = 'it was being stopped';

/** How a container differs from what it is to be; undefined when it does not. */
export function findChange(
  spec: ContainerSpec,
  container: ObservedContainer,
  input: ContainerInput,
): string | undefined {
  if (input.recreates?.includes(spec.name) === true) return isWanted;
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  if (container.isEnding === true) return wasEnding;
  return isImageNew(spec.imageName, container, input) ? 'its image changed' : undefined;
}

function isImageNew(
  image: string,
  container: ObservedContainer,
  { observed, staleImages, keepsMade = false }: ContainerInput,
): boolean {
  if (keepsMade) return false;
  return container.imageDigest !== observed.images[image] || staleImages.includes(image);
}

/**
 * Starts a container when the steps given, and what every container needs, are done. One that is to end starts fresh.
 * What waits until others are ready, or have done their work, is made meanwhile.
 */
export function addStart(
  plan: StepList,
  input: ContainerInput,
  spec: ContainerSpec,
  previous: readonly string[],
): void {
  const container = input.observed.containers[spec.name];
  const isMadeAnew = input.recreates?.includes(spec.name) === true;
  const isNewLayer =
    container === undefined || isMadeAnew || spec.applied === 'finish' || isImageNew(spec.imageName, container, input);
  const made = { spec, specHash: hashSpec(spec), isNewLayer };
  const cause = isMadeAnew && container !== undefined ? isWanted : startCause(container, isNewLayer, spec);
  const waited = plan.steps.filter(
    (step) => (step.kind === 'container.ready' || step.kind === 'container.finish') && previous.includes(step.id),
  );
  const waits = waited.map(({ id }) => id);
  const needs = [
    'supervisor.stop',
    'sandbox.start',
    ...plan.idsOf('project.clone', 'starter.fetch', 'volumes.copy'),
    `image.build ${spec.imageName}`,
    `image.pull ${spec.imageName}`,
    `image.load ${spec.imageName}`,
    `container.stop ${spec.name}`,
    `network.connect ${spec.name}`,
    ...previous.filter((id) => !waits.includes(id)),
  ];
  const [create, start] = [`container.create ${spec.name}`, `container.start ${spec.name}`];
  if (waits.length > 0) {
    // In the order in which they depend on each other: who comes first fills a new volume.
    const others = waited.flatMap((step) => ('spec' in step && step.spec !== undefined ? [step.spec] : []));
    const isOrdered = (one: ContainerSpec): boolean => !isAtEngine(input.observed) || isMadeBefore(plan, one, spec);
    const names = others.filter(isOrdered).map(({ name }) => name);
    const after = plan.known([...new Set([...needs, ...makesOf(plan, names)])]);
    plan.add({ id: create, kind: 'container.create', ...made, cause: 'it waits for others', after });
  }
  const after = plan.known(waits.length > 0 ? [create, ...waits] : [...new Set(needs)]);
  plan.add({ id: start, kind: 'container.start', ...made, cause, after });
}

/** True where an engine has the containers, and images of its own. */
export function isAtEngine({ loadedImages }: Observed): boolean {
  return loadedImages !== undefined;
}

/** True of one that must be made before another at an engine, which works on several starts at a time. */
function isMadeBefore(plan: StepList, one: ContainerSpec, other: ContainerSpec): boolean {
  return sharesVolume(one, other) || plan.known([`container.create ${one.name}`]).length > 0;
}

function sharesVolume(one: ContainerSpec, other: ContainerSpec): boolean {
  const volumes = one.mounts.flatMap((item) => (item.type === 'volume' ? [item.volume] : []));
  return other.mounts.some((item) => item.type === 'volume' && volumes.includes(item.volume));
}

/** Ids of the steps that make containers. */
function makesOf(plan: StepList, containers: readonly string[]): string[] {
  return containers.flatMap((name) => {
    const create = plan.known([`container.create ${name}`]);
    return create.length > 0 ? create : plan.known([`container.start ${name}`]);
  });
}

/** The containers for which one waits until they are more than started. */
function waitedFor({ startsAfter = [] }: ContainerSpec): string[] {
  return startsAfter.filter(({ condition }) => condition !== 'started').map(({ container }) => container);
}

function startCause(container: ObservedContainer | undefined, isNewLayer: boolean, spec: ContainerSpec): string {
  if (spec.applied !== undefined && container?.state !== 'running') return 'a command applies it';
  if (container === undefined) return 'it does not exist';
  if (hashSpec(spec) !== container.specHash) return 'its description changed';
  if (isNewLayer) return 'its image changed';
  if (container.isEnding === true) return wasEnding;
  return container.state === 'exited' ? `it ended with code ${container.exitCode ?? '?'}` : 'it is stopped';
}

/**
 * Gives a container a network of its own and that its way out, before the container starts, unless it has it. That of one
 * that must wait for others is made when these have been made: until they are ready there is time for it.
 */
export function addOwnNetwork(plan: StepList, { observed }: ContainerInput, spec: ContainerSpec): void {
  const { name } = spec;
  const isConnected = observed.isSandboxRunning && observed.connectedContainers.includes(name);
  const id = `network.connect ${name}`;
  // An engine's networks lead out by themselves.
  if (isAtEngine(observed)) return;
  if (!hasOwnNetwork(spec) || spec.isCutOff === true || isConnected || plan.known([id]).length > 0) return;
  plan.add({
    id,
    kind: 'network.connect',
    spec,
    cause: 'it has a network of its own',
    after: plan.known(['sandbox.start', `container.stop ${name}`, ...makesOf(plan, waitedFor(spec))]),
  });
}

/**
 * Waits until a container is ready, or has done what it is there for; returns the step's id. `others` are all containers
 * there are: some of them may wait for this one.
 */
export function addReady(
  plan: StepList,
  { readyTimeoutMs }: Pick<ContainerInput, 'readyTimeoutMs'>,
  spec: ContainerSpec,
  others: readonly ContainerSpec[] = [],
): string {
  const after = plan.known([`container.start ${spec.name}`]);
  const id = readyId(spec, others);
  if (plan.known([id]).length > 0) return id;
  const waiting = waitsFor(spec, others);
  const dependents = waiting.length === 0 ? {} : { dependents: waiting.map(({ name }) => name) };
  const isBestEffort = waiting.length > 0 && waiting.every(({ isRequired }) => !isRequired);
  if (id.startsWith('container.finish')) {
    plan.add({ id, kind: 'container.finish', spec, ...dependents, isBestEffort, cause: 'it runs to its end', after });
    return id;
  }
  const checks = spec.health === undefined ? spec.checks.map(describeCheck) : ['its health check'];
  const cause = checks.length === 0 ? 'it runs' : `it answers: ${checks.join(', ')}`;
  const optional = isBestEffort ? { isBestEffort } : {};
  plan.add({ id, kind: 'container.ready', spec, timeoutMs: readyTimeoutMs, ...dependents, ...optional, cause, after });
  return id;
}

/** The containers that wait for one to be healthy or to have ended, and whether they need it. */
function waitsFor(
  { name }: ContainerSpec,
  others: readonly ContainerSpec[],
): { readonly name: string; readonly isRequired: boolean }[] {
  return others.flatMap((other) =>
    (other.startsAfter ?? [])
      .filter(({ container, condition }) => container === name && condition !== 'started')
      .map(({ isRequired }) => ({ name: other.name, isRequired })),
  );
}

/**
 * The steps after which a container may start because those it waits for are as it wants them; steps that are missing
 * are added. A container that is not there at all is not waited for.
 */
export function addConditions(
  plan: StepList,
  input: ContainerInput,
  spec: ContainerSpec,
  others: readonly ContainerSpec[],
): string[] {
  const shared = spec.networkOf === undefined ? [] : [`container.start ${spec.networkOf}`];
  const conditions = (spec.startsAfter ?? []).flatMap(({ container, condition }) => {
    const other = others.find(({ name }) => name === container);
    const isStarting = plan.known([`container.start ${container}`]).length > 0;
    if (other === undefined) return [];
    if (condition === 'started') return [`container.start ${container}`];
    if (isStarting) return [addReady(plan, input, other, others)];
    const { state, health } = input.observed.containers[container] ?? {};
    const isToWait =
      condition === 'healthy' && state === 'running' && other.health !== undefined && health !== 'healthy';
    return isToWait ? [addReady(plan, input, other, others)] : [];
  });
  return plan.known([...shared, ...conditions]);
}

/** The step that ends the start of a container. */
export function readyId(spec: ContainerSpec, others: readonly ContainerSpec[] = []): string {
  return `container.${spec.applied === 'finish' || isJob(spec, others) ? 'finish' : 'ready'} ${spec.name}`;
}

function describeCheck(check: ContainerSpec['checks'][number]): string {
  return check.type === 'listen' ? `port ${check.port}` : (check.argv[0] ?? '');
}
